"""The ticket report's figures: flow, clocks, promises, the pile."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import (
    CustomerFactory,
    ProjectFactory,
    SlaPolicyFactory,
    TicketFactory,
    UserFactory,
)
from tests.monitoring.reports.conftest import at, in_sql, minutes, moved
from tickets.models import Ticket, TicketRating

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("march")]
HOUR = 3600


def solved(made, hours, **fields) -> Ticket:
    end = made + minutes(60 * hours)
    fields = {"status": "resolved", "deadline": made + minutes(24 * 60), **fields}
    ticket = TicketFactory(responded_at=made + minutes(30 * hours), resolved_at=end, **fields)
    return moved(ticket, created_at=made)


def made(moment, **fields) -> Ticket:
    return moved(TicketFactory(**fields), created_at=moment)


@pytest.fixture
def week(lisi, wangwu):
    """Three solved (one late, one reopened once), two open (one late), one cancelled, one of before."""
    project = ProjectFactory(stage="aftersale", won_at=at(1))
    quick = solved(at(9, 0, 0), 2, assignee=lisi, product="云服务器", priority="urgent")
    solved(at(10, 23, 59), 4, assignee=lisi, closed_at=at(12), status="closed", project=project)
    late = solved(at(11, 9), 48, assignee=wangwu, cycle=2)
    made(at(15, 0, 0), assignee=lisi, status="assigned", deadline=at(15, 11))
    made(at(15, 1), deadline=at(16, 11))
    moved(made(at(12), status="cancelled"), updated_at=at(13))
    solved(at(8, 23, 59), 1)
    for ticket, score, comment in ((quick, 5, "很快"), (late, 2, "")):
        TicketRating.objects.create(
            ticket=ticket, cycle=1, score=score, comment=comment, assignee=ticket.assignee,
            entry="web",
        )  # fmt: skip
    return quick


def test_the_figures_are_those_of_the_rows(read, week):
    found = read("tickets").figures
    assert (found["created"], found["resolved"], found["closed"]) == (6, 4, 1)
    assert found["overdue"] == 1
    assert found["resolution"] == 4 * HOUR
    assert found["resolution_p90"] == pytest.approx(39.2 * HOUR)
    assert found["response"] == 2 * HOUR
    # Two solved in time; one solved late and one open past its deadline.
    assert found["sla"] == 0.5
    assert found["reopened"] == pytest.approx(1 / 6)
    assert found["satisfaction"] == 3.5


def test_days_begin_at_midnight_in_shanghai(read, week):
    found = read("tickets")
    created = found.column("by_day", "day", "created")
    assert [created[f"2026-03-{day:02}"] for day in (9, 10, 11, 12, 15)] == [1, 1, 1, 1, 2]
    resolved = found.column("by_day", "day", "resolved")
    # Made a minute before midnight, solved four hours later: that is the next day.
    assert [resolved[f"2026-03-{day:02}"] for day in (9, 10, 11, 13)] == [2, 0, 1, 1]
    assert found.column("by_day", "day", "closed")["2026-03-12"] == 1
    one_day = read("tickets", **{"from": "2026-03-08", "to": "2026-03-08"})
    assert (one_day.figures["created"], one_day.figures["resolved"]) == (1, 0)


def test_the_pile_is_what_was_open_when_the_day_ended(read, week):
    pile = read("tickets").column("by_day", "day", "open")
    for day in range(9, 16):
        end = in_sql(at(day, 23, 59) + minutes(1))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM tickets_ticket WHERE created_at < %s AND NOT ("
                " status IN ('resolved', 'closed') AND resolved_at < %s"
                " OR status = 'cancelled' AND updated_at < %s)",
                [end, end, end],
            )
            (open_then,) = cursor.fetchone()
        assert pile[f"2026-03-{day:02}"] == open_then, day
    # A span of the past is told in the same way, from what has come and gone since.
    past = read("tickets", **{"from": "2026-03-09", "to": "2026-03-11"})
    assert past.column("by_day", "day", "open")["2026-03-11"] == pile["2026-03-11"]


def test_groups_add_up_to_the_whole(read, week):
    found = read("tickets")
    for table in ("by_assignee", "by_priority", "by_product", "by_stage"):
        assert sum(row["total"] for row in found.table(table)) == 6, table
    assert found.column("by_stage", "label", "total") == {"无项目": 5, "售后": 1}
    assert found.column("by_priority", "label", "total") == {"普通": 5, "紧急": 1}
    lisi = next(row for row in found.table("by_assignee") if row["label"] == "李四")
    assert (lisi["total"], lisi["solved"], lisi["sla_missed"], lisi["rated"]) == (3, 2, 1, 1)
    assert lisi["sla"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"assignee": "lisi"}, 3),
        ({"priority": "urgent"}, 1),
        ({"product": "云服务器"}, 1),
        ({"stage": "aftersale"}, 1),
        ({"entry": "api"}, 6),
        ({"assignee": "wangwu", "priority": "urgent"}, 0),
    ],
)
def test_it_is_narrowed(read, week, query, count):
    found = read("tickets", **query)
    assert found.figures["created"] == count
    assert sum(found.column("by_day", "day", "created").values()) == count


def test_the_longest_overdue_come_first(read, week):
    worse = made(at(10), deadline=at(11), title="=HYPERLINK(1)")
    rows = read("tickets").table("late")
    assert [row["number"] for row in rows] == [f"#{worse.pk}", rows[1]["number"]]
    assert rows[1]["late"] == HOUR


def test_working_time_counts_where_the_service_level_says_so(read):
    """Friday 17:00 to Monday 10:00 is two hours of work; the plain clock says 65."""
    policy = SlaPolicyFactory(clock="working")
    made_at = at(6, 17)
    for fields in ({"sla_policy": policy, "sla_version": policy.version}, {}):
        ticket = TicketFactory(
            status="resolved",
            responded_at=made_at + minutes(30),
            resolved_at=at(9, 10),
            deadline=at(20),
            sla_started_at=made_at,
            **fields,
        )
        moved(ticket, created_at=made_at)
    rows = {
        (row["what"], row["clock"]): row
        for row in read("tickets", **{"from": "2026-03-06", "to": "2026-03-06"}).table("times")
    }
    assert rows["解决", "自然时间"]["median"] == 65 * HOUR
    by_clock = rows["解决", "按 SLA 计时"]
    assert by_clock["average"] == pytest.approx((2 + 65) / 2 * HOUR)
    assert rows["首次响应", "按 SLA 计时"]["median"] == HOUR / 2


def test_staff_see_the_tickets_that_they_see_elsewhere(read, api, week, lisi):
    found = read("tickets", lisi)
    listed = api(lisi).get("/api/tickets").json()["total"]
    assert found.figures["created"] == listed == 3
    assert read("tickets", UserFactory()).figures["created"] == 0
    customer = CustomerFactory(follow_user=lisi)
    made(at(14), customer=customer)
    assert read("tickets", lisi).figures["created"] == 4


def test_an_empty_span_is_told_with_zeros(read):
    found = read("tickets", period="last_month")
    assert found.figures["created"] == 0
    assert found.figures["sla"] is None
    assert found.figures["resolution"] is None
    assert found.table("by_assignee") == []
    assert len(found.table("by_day")) == 28


def test_more_rows_ask_no_more(read, week, settings_read_once):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            read("tickets", period="30d")
        return len(queries)

    few = asked()
    for number in range(40):
        solved(at(10), 3, assignee=UserFactory(), product=f"产品{number}")
    assert asked() == few <= 40
