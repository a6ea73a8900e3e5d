"""`GET /api/admin/reports/sales` (contract.md §3)."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.api.roles import Role
from tests.factories import ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db

URL = "/api/admin/reports/sales"


def at(day, hour=12):
    return datetime(2026, 3, day, hour, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def month(lisi):
    """Six projects of March: of the four of the second, two are sold and one of them delivered."""
    made = {"created_at": at(2, 0), "amount": 100}
    ProjectFactory(**made, owner=lisi, product="云")
    ProjectFactory(**made, owner=lisi, product="云", stage="insale", won_at=at(3))
    ProjectFactory(**made, product="云", stage="aftersale", won_at=at(4, 23), delivered_at=at(20))
    ProjectFactory(**made, status="lost", closed_at=at(4))
    ProjectFactory(created_at=at(31, 23), amount=7)
    ProjectFactory(created_at=datetime(2026, 2, 1, tzinfo=ZoneInfo("UTC")), stage="insale",
                   won_at=at(4), amount=50)  # fmt: skip


def test_by_day_every_day_is_there(api, admin, month):
    body = api(admin).get(f"{URL}?from=2026-03-01&to=2026-03-31&group_by=day").json()
    assert [row["key"] for row in body["rows"]] == [f"2026-03-{day:02}" for day in range(1, 32)]
    second, fourth = body["rows"][1], body["rows"][3]
    assert second["created"] == {"count": 4, "amount": "400.00"}
    assert second["stages"]["presale"] == {"count": 2, "amount": "200.00"}
    assert second["conversion"]["presale_to_insale"] == 0.5
    assert fourth["won"] == {"count": 2, "amount": "150.00"}
    assert fourth["lost"] == {"count": 1, "amount": "100.00"}
    assert fourth["conversion"]["win_rate"] == 0.6667
    assert body["rows"][4]["conversion"]["win_rate"] is None
    totals = body["totals"]
    assert totals["created"] == {"count": 5, "amount": "407.00"}
    assert totals["won"] == {"count": 3, "amount": "250.00"}
    assert totals["conversion"] == {
        "presale_to_insale": 0.4, "insale_to_aftersale": 0.5, "win_rate": 0.75,
    }  # fmt: skip
    assert (body["from"], body["to"]) == ("2026-03-01", "2026-03-31")


def test_by_owner_and_by_product(api, admin, month):
    span = "from=2026-03-01&to=2026-03-31"
    owners = api(admin).get(f"{URL}?{span}&group_by=owner").json()["rows"]
    assert [(row["key"], row["label"], row["created"]["count"]) for row in owners] == [
        ("", "无负责人", 3), ("lisi", "李四", 2),
    ]  # fmt: skip
    products = api(admin).get(f"{URL}?{span}&group_by=product").json()["rows"]
    assert [(row["key"], row["won"]["amount"]) for row in products] == [
        ("云", "200.00"), ("", "50.00"),
    ]  # fmt: skip


@pytest.mark.parametrize("group_by", ["day", "owner", "product"])
def test_a_long_span_costs_no_more_queries(api, admin, month, group_by):
    with CaptureQueriesContext(connection) as queries:
        answer = api(admin).get(f"{URL}?from=2026-01-01&to=2026-12-31&group_by={group_by}")
    assert answer.status_code == 200
    assert len(queries) <= 4


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ("from=yesterday", "from"),
        ("to=2026-13-01", "to"),
        ("from=0001-01-01", "from"),
        ("from=2026-03-02&to=2026-03-01", "from"),
        ("from=2020-01-01&to=2026-03-01", "from"),
        ("group_by=week", "group_by"),
        ("from=", "from"),
    ],
)
def test_a_bad_date_is_a_400(api, admin, query, attr):
    response = api(admin).get(f"{URL}?{query}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == attr


def test_without_dates_the_last_thirty_days(api, admin):
    assert len(api(admin).get(URL).json()["rows"]) == 30


def test_it_is_for_administrators(api, lisi):
    assert api(lisi).get(URL).status_code == 403
    assert api(UserFactory(role=Role.CUSTOMER)).get(URL).status_code == 403
    assert api().get(URL).status_code == 401
