"""A customer's service report and the team's statistics: right, bounded, refused when senseless."""

import csv
import io
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import CustomerFactory, TicketFactory
from tickets.history.durations import spread_of, spread_until
from tickets.history.report_table import in_words
from tickets.models import ReminderKind, Ticket, TicketRating, TicketReminder

pytestmark = pytest.mark.django_db
HOUR = 3600
NOW = datetime(2026, 3, 15, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def march():
    with time_machine.travel(NOW, tick=False):
        yield


def at(day: int, hour: int, month: int = 3) -> datetime:
    return timezone.make_aware(datetime(2026, month, day, hour))


def solved(customer, *, made, hours, assignee=None, **fields) -> Ticket:
    end = made + timedelta(hours=hours)
    ticket = TicketFactory(
        customer=customer,
        assignee=assignee,
        status="resolved",
        responded_at=made + timedelta(hours=hours / 2),
        resolved_at=end,
        deadline=made + timedelta(hours=24),
        **fields,
    )
    Ticket.objects.filter(pk=ticket.pk).update(created_at=made)
    return ticket


@pytest.fixture
def customer(lisi):
    return CustomerFactory(name="张三", follow_user=lisi)


@pytest.fixture
def history(customer, lisi, wangwu):
    """Three solved (one late), one open, one cancelled, one of another year."""
    quick = solved(
        customer, made=at(1, 9), hours=2, assignee=lisi, product="云服务器", priority="urgent"
    )
    solved(customer, made=at(2, 9), hours=4, assignee=lisi, product="云服务器")
    late = solved(customer, made=at(3, 9), hours=48, assignee=wangwu, cycle=2)
    TicketFactory(customer=customer)
    TicketFactory(customer=customer, status="cancelled")
    old = solved(customer, made=at(1, 9, month=1), hours=1)
    Ticket.objects.filter(pk=old.pk).update(created_at=at(1, 9).replace(year=2024))
    solved(CustomerFactory(), made=at(1, 9), hours=1)
    for ticket, score, comment in ((quick, 5, "很快"), (late, 2, "")):
        TicketRating.objects.create(
            ticket=ticket,
            cycle=1,
            score=score,
            comment=comment,
            assignee=ticket.assignee,
            entry="web",
        )
    TicketReminder.objects.create(
        ticket=late, cycle=1, kind=ReminderKind.OVERDUE, number=1, deadline=late.deadline
    )


def test_the_report_tells_what_was_done(api, lisi, customer, history):
    answer = api(lisi).get(f"/api/customers/{customer.pk}/tickets/report")
    assert answer.status_code == 200
    report = answer.json()
    assert report["customer"]["name"] == "张三"
    assert (report["from"], report["to"]) == ("2025-03-16", "2026-03-15")
    assert (report["total"], report["open"], report["solved"], report["cancelled"]) == (5, 1, 3, 1)
    assert report["by_status"]["resolved"] == 3
    assert report["by_priority"] == {"low": 0, "normal": 4, "high": 0, "urgent": 1}
    assert report["by_product"][1] == {"product": "云服务器", "count": 2}
    assert report["resolution"] == {
        "count": 3, "average": 18 * HOUR, "median": 4 * HOUR, "p90": pytest.approx(39.2 * HOUR),
    }  # fmt: skip
    assert report["response"]["median"] == 2 * HOUR
    assert report["sla"] == {"kept": 2, "breached": 1, "rate": pytest.approx(2 / 3)}
    assert report["reopened"] == 1
    assert report["reminders"] == 1
    satisfaction = report["satisfaction"]
    assert (satisfaction["count"], satisfaction["average"]) == (2, 3.5)
    assert satisfaction["distribution"] == {"1": 0, "2": 1, "3": 0, "4": 0, "5": 1}
    assert [row["comment"] for row in satisfaction["comments"]] == ["很快"]


def test_twelve_months_are_told_those_with_nothing_too(api, lisi, customer, history):
    months = api(lisi).get(f"/api/customers/{customer.pk}/tickets/report").json()["months"]
    assert [row["month"] for row in months][::11] == ["2025-04", "2026-03"]
    assert months[-1] == {"month": "2026-03", "created": 5, "resolved": 3}
    assert months[-2] == {"month": "2026-02", "created": 0, "resolved": 0}


def test_days_are_those_of_the_desk(api, lisi, customer):
    """Half past midnight in Shanghai is the day before in London."""
    solved(customer, made=at(5, 0).replace(minute=30), hours=1)
    address = f"/api/customers/{customer.pk}/tickets/report"
    day = {"from": "2026-03-05", "to": "2026-03-05"}
    assert api(lisi).get(address, day).json()["total"] == 1
    before = {"from": "2026-03-04", "to": "2026-03-04"}
    assert api(lisi).get(address, before).json()["total"] == 0


def test_a_customer_without_tickets_has_a_report_too(api, lisi, customer):
    report = api(lisi).get(f"/api/customers/{customer.pk}/tickets/report").json()
    assert report["total"] == 0
    assert report["resolution"] == {"count": 0, "average": None, "median": None, "p90": None}
    assert report["sla"]["rate"] is None
    assert report["satisfaction"]["average"] is None


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ({"from": "x"}, "from"),
        ({"to": "2026-02-30"}, "to"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "from"),
        ({"from": "2000-01-01"}, "from"),
        ({"to": "9999-01-01"}, "to"),
        ({"as": "pdf"}, "as"),
    ],
)
def test_senseless_spans_are_refused_by_name(api, lisi, customer, query, attr):
    answer = api(lisi).get(f"/api/customers/{customer.pk}/tickets/report", query)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr


def test_the_report_is_a_table_too(api, lisi, customer, history):
    customer.company = "=1+1"
    customer.save()
    address = f"/api/customers/{customer.pk}/tickets/report"
    answer = api(lisi).get(address, {"as": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["分类", "项目", "数值"]
    assert ["客户", "公司", "'=1+1"] in rows
    assert ["工单", "工单总数", "5"] in rows
    assert ["解决用时", "中位数", "4 小时"] in rows
    sheet = b"".join(api(lisi).get(address, {"as": "xlsx"}).streaming_content)
    cells = openpyxl.load_workbook(io.BytesIO(sheet)).worksheets[0]
    assert [cell.value for cell in cells[1]] == ["分类", "项目", "数值"]


def queries(act) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert act().status_code == 200
    return len(asked)


def test_the_number_of_queries_does_not_grow(api, admin, customer, history, settings_read_once):
    def report() -> int:
        return queries(lambda: api(admin).get(f"/api/customers/{customer.pk}/tickets/report"))

    def statistics() -> int:
        return queries(lambda: api(admin).get("/api/tickets/statistics"))

    few = report(), statistics()
    for day in range(1, 12):
        solved(customer, made=at(day, 9), hours=day, product=f"产品{day}")
    assert (report(), statistics()) == few
    assert max(few) <= 14


def test_the_teams_statistics_are_told_by_colleague_product_and_day(api, admin, history):
    asked = {"from": "2026-03-01", "to": "2026-03-15"}
    found = api(admin).get("/api/tickets/statistics", asked).json()
    assert found["totals"]["total"] == 6
    people = {row["label"]: row for row in found["by_assignee"]}
    assert people["李四"]["solved"] == 2
    assert people["李四"]["average_resolution"] == 3 * HOUR
    assert people["李四"]["satisfaction"] == 5
    assert (people["王五"]["sla_breached"], people["王五"]["reopened"]) == (1, 1)
    assert people["未分配"]["total"] == 3
    products = {row["label"]: row["total"] for row in found["by_product"]}
    assert products == {"云服务器": 2, "未填写": 4}
    assert len(found["by_day"]) == 15
    assert found["by_day"][0] == {"date": "2026-03-01", "created": 2, "resolved": 2}


def test_both_databases_compute_one_spread(customer):
    for hours in (1, 2, 3, 7, 40):
        solved(customer, made=at(1, 9), hours=hours)
    here = spread_of([hours * HOUR for hours in (1, 2, 3, 7, 40)])
    there = spread_until(Ticket.objects.all(), "resolved_at")
    for name in ("count", "average", "median", "p90"):
        assert getattr(there, name) == pytest.approx(getattr(here, name)), name


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "—"),
        (40, "40 秒"),
        (300, "5 分钟"),
        (2 * HOUR + 300, "2 小时 5 分钟"),
        (4 * HOUR, "4 小时"),
        (27 * HOUR, "1 天 3 小时"),
        (2 * HOUR - 1, "2 小时"),
    ],
)
def test_seconds_are_told_in_words(seconds, words):
    assert in_words(seconds) == words
