"""`/api/messages/statistics/…`: figures that equal the rows, whatever Redis forgot (contract.md §2)."""

from datetime import datetime, time, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from messaging import tasks
from messaging.actions.batches import message_cancel, message_resend
from messaging.channels.base import Outcome, Result
from messaging.models import DailyStatistic, Message, MessageChunk
from messaging.sending.accept import NewMessage, message_accept
from messaging.sending.work import send_messages
from messaging.statistics import counters, overview, rows
from tests.at_once import all_at_once
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def figures(operator):
    def look(days=7):
        overview.forget()
        response = operator.get(f"/api/messages/statistics/overview?days={days}")
        assert response.status_code == 200, response.content
        return response.json()

    return look


@pytest.fixture
def realtime(operator):
    return lambda: operator.get("/api/messages/statistics/realtime").json()


def send(channel, messages, *results):
    channel.script = list(results)
    send_messages([message.pk for message in messages])


def move(messages, days):
    """To so many days ago, at noon."""
    at = timezone.make_aware(
        datetime.combine(timezone.localdate() - timedelta(days=days), time(hour=12))
    )
    Message.objects.filter(pk__in=[m.pk for m in messages]).update(created_at=at)


def of(channel, body):
    (row,) = [row for row in body["by_channel"] if row["channel"] == channel]
    return row


def test_an_empty_system_is_all_zeros(db, figures, realtime):
    body = figures(days=7)
    assert (body["total"], body["success_rate"], body["p95_response_ms"]) == (0, 0.0, 0.0)
    today = timezone.localdate()
    assert [row["date"] for row in body["trend"]] == [
        (today - timedelta(days=back)).isoformat() for back in range(6, -1, -1)
    ]
    assert all(row["total"] == row["sent"] == row["failed"] == 0 for row in body["trend"])
    assert len(body["by_channel"]) == 9
    now = realtime()
    assert set(now["queues"].values()) == {0}
    assert (now["qps"], now["last_minute"]["sent"]) == (0.0, 0)
    assert now["pool"]["core"] <= now["pool"]["size"] <= now["pool"]["max"]


def test_rates_are_of_what_has_ended(accept, channel, figures):
    send(
        channel, accept(10),
        Result(Outcome.PERMANENT, "60111"), Result(Outcome.UNCERTAIN, "no_answer"),
    )  # fmt: skip
    accept(5)
    body = figures()
    assert (body["total"], body["sent"], body["delivered"], body["failed"]) == (15, 8, 0, 2)
    assert body["success_rate"] == of("SMS", body)["success_rate"] == 80.0
    assert body["trend"][-1] == {
        "date": timezone.localdate().isoformat(), "total": 15, "sent": 8, "failed": 2,
    }  # fmt: skip
    assert of("EMAIL", body)["total"] == 0


def test_response_times_are_a_mean_and_a_percentile(accept, figures):
    messages = accept(20)
    send_messages([message.pk for message in messages])
    Message.objects.update(duration_ms=100)
    Message.objects.filter(pk=messages[0].pk).update(duration_ms=2100)
    counters.recount(timezone.localdate())
    body = figures()
    assert body["avg_response_ms"] == 200.0
    assert 95 <= body["p95_response_ms"] <= 115, "off by a bucket of 10 % at most"


def test_days_before_today_come_from_their_rows_and_are_kept(accept, channel, figures):
    old, older = accept(3), accept(2)
    send(channel, [*old, *older], Result(Outcome.PERMANENT, "60111"))
    move(old, 1)
    move(older, 3)
    trend = {row["date"]: (row["total"], row["sent"], row["failed"]) for row in figures()["trend"]}
    today = timezone.localdate()
    assert trend[(today - timedelta(days=1)).isoformat()] == (3, 2, 1)
    assert trend[(today - timedelta(days=2)).isoformat()] == (0, 0, 0)
    assert trend[(today - timedelta(days=3)).isoformat()] == (2, 2, 0)
    assert figures(days=2)["total"] == 3
    assert figures(days=1)["total"] == 0
    assert DailyStatistic.objects.count() == 2


@pytest.mark.parametrize("days", ["0", "91", "-1", "x", "1.5", "9" * 400])
def test_a_wrong_number_of_days_is_named(operator, db, days):
    response = operator.get(f"/api/messages/statistics/overview?days={days}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == "days"


def test_the_overview_asks_a_few_questions_however_many_messages(
    accept, figures, django_assert_max_num_queries
):
    send_messages([message.pk for message in accept(100)])
    figures()
    with django_assert_max_num_queries(20):
        figures(days=7)


# --- Counters and rows ----------------------------------------------------------------------------


def everything_that_moves_a_message(accept, channel, tell, template):
    """Sent, failed, resent, cancelled, delivered, fallen back."""
    counters.today()
    sent, failed, waiting = accept(3)
    send(channel, [sent, failed], Result(Outcome.SENT), Result(Outcome.PERMANENT, "60111"))
    message_resend(message_pk=failed.pk)
    send(channel, [failed])
    message_cancel(message_pk=waiting.pk)
    app = message_accept(NewMessage(channel="APP", recipient="d", payload={}))
    send_messages([app.pk])
    tell({"status": "delivered", "message_id": app.message_id})
    falling = message_accept(
        NewMessage(
            channel="SMS",
            recipient="r",
            template=template,
            customer_id=CustomerFactory().pk,
            fallback_channels=["APP"],
        )
    )
    falling.customer.identifiers.create(channel="APP", address="device-9")
    send(channel, [falling], Result(Outcome.PERMANENT, "60111"))
    falling.refresh_from_db()
    assert falling.channel == "APP"


COUNTED = ("total", "sent", "delivered", "failed", "cancelled")


def counts(found):
    return {
        slot: tuple(getattr(figures, name) for name in COUNTED)
        for slot, figures in found.items()
        if any(getattr(figures, name) for name in COUNTED)
    }


@pytest.mark.django_db(transaction=True)
def test_counters_equal_the_rows_whatever_moved_the_messages(accept, channel, tell, new_template):
    everything_that_moves_a_message(accept, channel, tell, new_template(body="x"))
    assert counts(counters.today()) == counts(rows.count_day(timezone.localdate()))


@pytest.mark.django_db(transaction=True)
def test_when_redis_forgets_the_figures_are_right_again_at_once(accept, channel, figures):
    send(channel, accept(4), Result(Outcome.PERMANENT, "60111"))
    before = figures()
    cache.clear()
    (late,) = accept()
    send(channel, [late])
    after = figures()
    assert (after["total"], after["sent"], after["failed"]) == (5, 4, 1)
    assert (before["total"], before["sent"], before["failed"]) == (4, 3, 1)


@pytest.mark.services_only
@pytest.mark.django_db(transaction=True)
def test_counters_that_went_wrong_are_set_right_by_the_hour(accept, figures):
    from django_redis import get_redis_connection

    send_messages([message.pk for message in accept(3)])
    figures()
    redis = get_redis_connection("default")
    redis.hincrby(counters._day_key(timezone.localdate()), "SMS|0|sent", 100)
    assert figures()["sent"] == 103
    tasks.roll_up_statistics()
    assert figures()["sent"] == 3


def test_rolling_up_again_takes_in_late_receipts_and_changes_nothing_else(accept, channel):
    messages = accept(3)
    send(channel, messages)
    move(messages, 1)
    tasks.roll_up_statistics()
    first = DailyStatistic.objects.values_list(*COUNTED).get()
    Message.objects.filter(pk=messages[0].pk).update(status="delivered")
    tasks.roll_up_statistics()
    tasks.roll_up_statistics()
    assert first == (3, 3, 0, 0, 0)
    assert DailyStatistic.objects.values_list(*COUNTED).get() == (3, 2, 1, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_ten_who_look_at_a_day_that_nobody_rolled_up_yet_see_the_same(accept):
    messages = accept(3)
    move(messages, 1)
    yesterday = timezone.localdate() - timedelta(days=1)
    assert all_at_once([lambda: rows.kept_days(yesterday, yesterday)] * 10) == []
    assert DailyStatistic.objects.get().total == 3


# --- Right now ------------------------------------------------------------------------------------


def test_realtime_counts_what_waits_where_and_what_just_ended(accept, channel, realtime):
    accept(2, priority=9)
    accept(3, priority=1)
    accept(4, send_at=timezone.now() + timedelta(hours=1))
    done = accept(10)
    send(channel, done, Result(Outcome.PERMANENT, "60111"))
    MessageChunk.objects.filter(size=10).delete()
    now = realtime()
    assert now["queues"] == {
        "urgent": 2, "high": 0, "normal": 0, "low": 3, "scheduled": 4, "dead": 1,
    }  # fmt: skip
    assert (now["last_minute"]["sent"], now["last_minute"]["failed"]) == (9, 1)
    assert now["qps"] == 1.0
    (worker,) = now["workers"]
    assert worker["size"] == now["pool"]["size"]
    assert now["in_flight"] == now["pool"]["active"] == 0
