"""The message report's figures: kept days, today, reasons, batches."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from messaging.models import (
    DailyStatistic,
    Message,
    MessageBatch,
    MessageTemplate,
)
from messaging.statistics import counters, rows
from tests.monitoring.reports.conftest import at, in_sql, moved

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("march")]
_numbers = iter(range(10**6))


def message(moment, status="sent", channel="SMS", **fields) -> Message:
    number = next(_numbers)
    row = Message.objects.create(
        message_id=f"MSG{number:012}",
        channel=channel,
        recipient=f"{number}",
        status=status,
        due_at=moment,
        **fields,
    )
    return moved(row, created_at=moment)


@pytest.fixture
def template(db):
    return MessageTemplate.objects.create(code="notice", name="通知", channel="SMS", body="好")


@pytest.fixture
def traffic(template):
    """A week: the borders of days, every state, two channels; today and a day of before."""
    message(at(9, 0, 0), "sent", duration_ms=100, template=template)
    message(at(9, 23, 59), "delivered", duration_ms=100)
    message(at(10), "read", duration_ms=100)
    message(at(10), "failed", error_code="60111", error_detail="用户不存在", channel="WORK_WECHAT")
    message(at(10), "failed", error_code="60111", error_detail="用户不存在", channel="WORK_WECHAT")
    message(at(11), "uncertain", error_code="no_answer")
    message(at(11), "cancelled")
    message(at(15, 0, 0), "sent", duration_ms=300)
    message(at(15, 11), "queued")
    message(at(8, 23, 59), "sent")


def test_the_figures_are_those_of_the_rows(read, traffic):
    found = read("messages").figures
    assert {name: found[name] for name in ("total", "sent", "delivered", "read", "failed")} == {
        "total": 9,
        "sent": 4,
        "delivered": 2,
        "read": 1,
        "failed": 3,
    }
    assert found["success"] == pytest.approx(4 / 7)
    assert found["average"] == 150
    assert 280 <= found["p95"] <= 340
    assert read("messages").before["total"] == 1


def test_days_begin_at_midnight_in_shanghai_and_plain_sql_agrees(read, traffic):
    total = read("messages").column("by_day", "day", "total")
    with connection.cursor() as cursor:
        for day in range(9, 16):
            cursor.execute(
                "SELECT count(*) FROM messaging_message WHERE created_at >= %s AND created_at < %s",
                [in_sql(at(day, 0)), in_sql(at(day + 1, 0))],
            )
            assert cursor.fetchone() == (total[f"2026-03-{day:02}"],), day


def test_channels_and_templates_add_up_to_the_whole(read, traffic):
    found = read("messages")
    for table in ("by_day", "by_channel", "by_template"):
        assert sum(row["total"] for row in found.table(table)) == 9, table
    assert found.column("by_channel", "channel", "failed")["企业微信应用"] == 2
    assert len(found.table("by_channel")) == 9
    assert found.column("by_template", "template", "total") == {"不用模板": 8, "通知": 1}


def test_it_is_narrowed_by_channel_and_template(read, traffic, template):
    found = read("messages", channel="WORK_WECHAT")
    assert (found.figures["total"], found.figures["failed"]) == (2, 2)
    assert [row["channel"] for row in found.table("by_channel")] == ["企业微信应用"]
    assert [row["count"] for row in found.table("reasons")] == [2]
    for named in (template.pk, "notice"):
        assert read("messages", template=named).figures["total"] == 1


def test_why_they_failed(read, traffic):
    rows_ = read("messages").table("reasons")
    assert [(row["reason"], row["channel"], row["detail"], row["count"]) for row in rows_] == [
        ("60111", "企业微信应用", "用户不存在", 2),
        ("no_answer", "短信", "", 1),
    ]
    assert rows_[0]["share"] == pytest.approx(2 / 3)


def test_batches_with_what_became_of_them(read, admin, template):
    batch = MessageBatch.objects.create(
        batch_id="B1", channel="SMS", total=3, template=template, created_by=admin
    )
    for status in ("delivered", "sent", "failed"):
        message(at(15, 11), status, batch=batch)
    old = MessageBatch.objects.create(batch_id="B0", channel="SMS", total=0)
    moved(old, created_at=at(1))
    (row,) = read("messages").table("batches")
    assert (row["batch"], row["by"], row["template"], row["status"]) == (
        "B1",
        "管理员",
        "通知",
        "已完成",
    )
    assert (row["total"], row["sent"], row["failed"]) == (3, 2, 1)


def test_a_message_read_today_is_counted_at_once(read, db):
    moment = at(15, 11)
    counters.recount(date(2026, 3, 15))
    counters.count_accepted("SMS", None, 1)
    counters.count_moved("SMS", None, moment, "sending", "sent")
    counters.count_moved("SMS", None, moment, "sent", "delivered")
    counters.count_moved("SMS", None, moment, "delivered", "read")
    message(moment, "read")
    found = read("messages", period="today").figures
    assert (found["total"], found["sent"], found["delivered"], found["read"]) == (1, 1, 1, 1)


def test_an_empty_span_is_told_with_zeros(read, db):
    found = read("messages", period="last_month")
    assert found.figures["total"] == 0
    assert found.figures["success"] is None
    assert found.figures["p95"] is None
    assert len(found.table("by_day")) == 28


def test_a_silent_year_is_one_question(db, traffic):
    with CaptureQueriesContext(connection) as queries:
        assert rows.kept_days(date(2025, 1, 1), date(2025, 12, 31)) == {}
    assert len(queries) == 2
    found = rows.kept_days(date(2026, 1, 1), date(2026, 3, 14))
    assert sorted(found) == [date(2026, 3, day) for day in (8, 9, 10, 11)]
    assert DailyStatistic.objects.filter(read=1).count() == 1


def test_more_rows_ask_no_more(read, traffic, settings_read_once):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            read("messages", period="7d")
        return len(queries)

    MessageBatch.objects.create(batch_id="B", channel="SMS", total=1)
    read("messages", period="7d")
    few = asked()
    for number in range(30):
        message(at(15, 10), "failed", error_code=f"{number}")
        batch = MessageBatch.objects.create(batch_id=f"B{number}", channel="SMS", total=1)
        message(at(15, 10), "sent", batch=batch)
    assert asked() == few <= 15
