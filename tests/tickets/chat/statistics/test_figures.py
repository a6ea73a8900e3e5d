"""Chats by hour: what each figure counts, and that kept hours say what counting says."""

import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import CustomerFactory
from tests.tickets.chat.statistics.conftest import at, make_chat, note_event
from tickets.chat.statistics import scale
from tickets.chat.statistics.counting import Grain, count_span
from tickets.chat.statistics.rollup import HOUR, hours_count, hours_keep, kept_until
from tickets.history.durations import spread_of
from tickets.models import Chat, ChatHourStatistic

pytestmark = pytest.mark.django_db
OVERVIEW = "/api/customer-service/statistics/overview"
HOURS = "/api/customer-service/statistics/hours"


def totals(client, **asked):
    return client.get(OVERVIEW, asked).json()["totals"]


def test_a_day_in_figures(api, admin, morning):
    found = totals(api(admin))
    assert {name: found[name] for name in ("asked", "assigned", "abandoned", "unattended")} == {
        "asked": 8,
        "assigned": 6,
        "abandoned": 1,
        "unattended": 1,
    }
    assert found["abandonment"] == pytest.approx(2 / 8)
    assert found["ended"] == 7
    assert (found["messages_in"], found["messages_out"], found["missed"]) == (7, 8, 1)
    assert found["satisfaction"] == {
        "rated": 3,
        "average": pytest.approx(11 / 3),
        "share": pytest.approx(3 / 7),
        "low": 1,
    }
    waits = [0, 60, 120, 10, 30, 1]
    assert found["wait"]["count"] == 6
    assert found["wait"]["average"] == pytest.approx(sum(waits) / 6)
    assert found["first_reply"]["average"] == pytest.approx((10 + 30 + 20 + 5 + 1) / 5)
    assert found["handling"]["average"] == pytest.approx((300 + 600 + 900 + 60 + 30) / 5)


def test_each_hour_has_its_own(api, admin, morning):
    by_hour = {part["key"]: part["figures"] for part in api(admin).get(OVERVIEW).json()["by_hour"]}
    assert len(by_hour) == 24
    assert {hour: found["asked"] for hour, found in by_hour.items() if found["asked"]} == {
        "9": 4,
        "10": 3,
        "12": 1,
    }
    assert by_hour["10"]["abandonment"] == pytest.approx(2 / 3)
    assert by_hour["11"]["abandonment"] is None
    assert by_hour["10"]["missed"] == 1, "where it was missed, not where the chat began"


def test_days_and_entries(api, admin, morning):
    found = api(admin).get(OVERVIEW, {"from": "2026-03-15", "to": "2026-03-16"}).json()
    assert [(day["key"], day["figures"]["asked"]) for day in found["by_day"]] == [
        ("2026-03-15", 1),
        ("2026-03-16", 8),
    ]
    assert {part["key"]: part["figures"]["asked"] for part in found["by_entry"]} == {
        "web": 8,
        "wecom_app": 1,
    }
    assert totals(api(admin), entry="web")["asked"] == 7


@pytest.mark.parametrize("entry", ["", "web"])
def test_kept_hours_say_what_counting_says(api, admin, morning, entry):
    asked = {"from": "2026-03-15", "to": "2026-03-16", **({"entry": entry} if entry else {})}
    agents = "/api/customer-service/statistics/agents"
    counted, by_agent = api(admin).get(OVERVIEW, asked).json(), api(admin).get(agents, asked).json()
    assert hours_keep() == 27
    assert kept_until() == at(12)
    assert api(admin).get(OVERVIEW, asked).json() == counted
    assert api(admin).get(agents, asked).json() == by_agent
    Chat.objects.filter(created_at__lt=at(12)).delete()
    kept = api(admin).get(OVERVIEW, asked).json()
    assert kept["totals"] == counted["totals"], "read from the rows, and the present hour counted"


def test_counted_twice_it_is_the_same(morning):
    def rows():
        named = ChatHourStatistic.objects.order_by("hour", "entry", "agent")
        return list(named.values_list("hour", "entry", "agent", "asked", "wait_seconds", "spreads"))

    hours_keep()
    first = rows()
    hours_count(at(9), at(12))
    assert hours_keep() == 0
    assert rows() == first


def test_what_happens_later_reaches_the_hour_it_belongs_to(api, admin, morning, noon):
    hours_keep()
    chat = morning["other"]
    noon.move_to(at(18, 20))
    hours_keep()
    assert totals(api(admin))["satisfaction"]["rated"] == 3
    Chat.objects.filter(pk=chat.pk).update(rating_score=1, rated_at=at(18, 21))
    note_event(chat, "rated", at(18, 21))
    noon.move_to(at(18, 25))
    assert hours_keep() == 1
    assert totals(api(admin))["satisfaction"]["rated"] == 4
    nine = ChatHourStatistic.objects.get(hour=at(9), entry="", agent=None)
    assert (nine.rated, nine.rated_low) == (3, 2)


def test_an_hour_is_kept_once_it_is_over_and_settled(morning, noon):
    noon.move_to(at(13, 1))
    hours_keep()
    assert kept_until() == at(12)
    noon.move_to(at(13, 3))
    assert hours_keep() == 1
    assert kept_until() == at(13)


def test_nothing_to_keep_is_nothing(noon):
    assert hours_keep() == 0
    assert kept_until() is None


def test_medians_are_within_a_twentieth(noon):
    chance = random.Random(6)
    waits = [chance.lognormvariate(4, 1.2) for _ in range(400)]
    customer = CustomerFactory()
    for wait in waits:
        make_chat(at(9, 5), wait=wait, handling=1, customer=customer)
    exact = spread_of(waits)
    found = count_span(at(9), at(10))[Grain(at(9))]
    assert found.wait.average == pytest.approx(exact.average, rel=1e-4)
    assert found.wait.median == pytest.approx(exact.median, rel=0.05)
    assert found.wait.p90 == pytest.approx(exact.p90, rel=0.05)
    assert found.steps["wait"] == scale.of(waits), "the database's scale is ours"


def test_the_number_of_queries_does_not_grow(api, admin, morning, settings_read_once):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert api(admin).get(OVERVIEW, {"from": "2026-02-01"}).status_code == 200
        return len(asked)

    few = queries()
    for minute in range(30):
        make_chat(at(11, minute), wait=5, reply=5, handling=5, score=3)
    assert queries() == few <= 13
    hours_keep()
    assert queries() <= 13


@pytest.mark.parametrize(
    ("asked", "attr"),
    [
        ({"from": "gestern"}, "from"),
        ({"to": "2026-13-01"}, "to"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "from"),
        ({"from": "2025-12-01", "to": "2026-03-16"}, "from"),
        ({"to": "9999-12-31"}, "to"),
        ({"entry": "fax"}, "entry"),
        ({"entry": "\x00"}, "entry"),
    ],
)
@pytest.mark.parametrize("path", [OVERVIEW, HOURS])
def test_a_senseless_span_is_refused_by_name(api, admin, noon, path, asked, attr):
    answer = api(admin).get(path, asked)
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, attr)


def test_a_span_of_92_days_is_answered(api, admin, morning):
    asked = {"from": "2025-12-15", "to": "2026-03-16"}
    assert totals(api(admin), **asked)["asked"] == 9
    hours = api(admin).get(HOURS, asked).json()["list"]
    assert hours[0]["hour"] == "2025-12-15T00:00:00+08:00"
    assert hours[-1]["hour"] == "2026-03-16T12:00:00+08:00", "the future has no figures"
    assert len(hours) == 91 * 24 + 13
    assert HOUR.total_seconds() == 3600


def test_hours_to_take_away(api, admin, morning):
    answer = api(admin).get(HOURS, {"as": "csv"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("时间,发起,放弃排队,无人值守,放弃率,等待平均（秒）")
    assert lines[11].startswith("2026-03-16 10:00,3,1,1,66.7%,30,")
    assert len(lines) == 1 + 13
    workbook = api(admin).get(HOURS, {"as": "xlsx"})
    assert b"".join(workbook.streaming_content)[:2] == b"PK"
    assert api(admin).get(HOURS, {"as": "pdf"}).status_code == 400


def test_the_queue_as_it_is(api, admin, morning, noon):
    make_chat(at(12, 20))
    queue = api(admin).get(OVERVIEW).json()["queue"]
    assert queue == {
        "waiting": 1,
        "oldest_wait_seconds": 600,
        "active": 1,
        "online_agents": 0,
        "busy_agents": 0,
        "free_slots": 0,
    }
