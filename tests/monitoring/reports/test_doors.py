"""Who may read which report, and what a wrong question is told."""

import pytest

from config.api.keys import ApiKey
from monitoring.reports.registry import REPORTS

pytestmark = pytest.mark.django_db
NAMES = [report.name for report in REPORTS]
WRONG = [
    ("period", "period=yesterday"),
    ("period", "period=7d&from=2026-01-01"),
    ("from", "period=custom"),
    ("from", "from=2026-13-01"),
    ("from", "from=2026-03-02&to=2026-03-01"),
    ("from", "from=2025-01-01&to=2026-03-01"),
    ("to", "to=soon"),
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("field", "query"), WRONG)
def test_a_wrong_question_is_told_which_field(api, admin, name, field, query):
    for address in (f"/api/reports/{name}", f"/api/reports/{name}/export"):
        answer = api(admin).get(f"{address}?{query}")
        assert answer.status_code == 400, answer.content
        assert answer.json()["errors"][0]["attr"] == field


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("sales", "owner", "nobody-of-ours"),
        ("sales", "owner", "%00"),
        ("sales", "group", "0"),
        ("sales", "group", "99999999999999999999"),
        ("sales", "channel", "fax"),
        ("tickets", "assignee", "nobody-of-ours"),
        ("tickets", "priority", "soon"),
        ("tickets", "stage", "later"),
        ("tickets", "entry", "door"),
        ("tickets", "product", "x" * 300),
        ("service", "agent", "nobody-of-ours"),
        ("service", "entry", "door"),
        ("messages", "channel", "FAX"),
        ("messages", "template", "none-like-it"),
    ],
)
def test_a_wrong_filter_is_told(api, admin, name, field, value):
    answer = api(admin).get(f"/api/reports/{name}?{field}={value}")
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"][0]["attr"] == field


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_table_or_format_is_told(api, admin, name):
    for field in ("table", "format"):
        answer = api(admin).get(f"/api/reports/{name}/export?{field}=pdf")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["attr"] == field


def test_chats_are_kept_by_entry_or_by_agent_not_by_both(api, admin, lisi):
    for who, query in ((admin, "agent=lisi&entry=web"), (lisi, "entry=web")):
        answer = api(who).get(f"/api/reports/service?{query}")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["attr"] == "entry"


def test_staff_read_all_but_the_messages(api, lisi, admin):
    listed = {row["name"] for row in api(lisi).get("/api/reports").json()["list"]}
    assert listed == {"sales", "tickets", "service"}
    assert api(lisi).get("/api/reports/messages").status_code == 403
    assert [row["name"] for row in api(admin).get("/api/reports").json()["list"]] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_key_needs_the_scope_of_reports(api, name):
    _, key = ApiKey.objects.create_key(name="看板", scopes=["reports:read"])
    _, other = ApiKey.objects.create_key(name="工单", scopes=["tickets:read", "messages:read"])
    client = api()
    for given, code in ((key, 200), (other, 403)):
        client.credentials(HTTP_AUTHORIZATION=f"Api-Key {given}")
        assert client.get(f"/api/reports/{name}").status_code == code
        assert client.get(f"/api/reports/{name}/export").status_code == code


def test_there_is_no_other_report(api, admin):
    assert api(admin).get("/api/reports/weather").status_code == 404
