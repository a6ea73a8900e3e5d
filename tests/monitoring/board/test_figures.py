"""The monitor's figures are those of the API and of the database, whatever went on before."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from messaging.actions.batches import batch_cancel, message_cancel, message_resend
from messaging.channels.base import Outcome, Result
from messaging.models import Message, MessageBatch, MessageChunk
from messaging.sending.accept import NewMessage, message_accept
from messaging.sending.work import send_chunk, send_messages
from messaging.statistics import overview
from monitoring.board import snapshot
from tests.factories import AgentFactory, CustomerFactory, TicketFactory, UserFactory
from tickets.models import Chat, ChatAgent, ChatStatus
from tickets.states import TicketStatus

pytestmark = pytest.mark.django_db(transaction=True)

ARRIVED, FAILED = ("sent", "delivered", "read"), ("failed", "uncertain", "expired")


@pytest.fixture
def look(operator):
    """The snapshot as the API tells it, asked anew."""

    def ask():
        snapshot.forget()
        overview.forget()
        response = operator.get("/api/monitor/snapshot")
        assert response.status_code == 200, response.content
        return response.json()

    return ask


def counted(since, states=None):
    """By channel, from the table itself."""
    condition = (
        "" if states is None else " AND status IN ({})".format(",".join(["%s"] * len(states)))
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT channel, COUNT(*) FROM messaging_message "  # noqa: S608 - fixed words
            f"WHERE created_at >= %s{condition} GROUP BY channel",
            [connection.ops.adapt_datetimefield_value(since), *(states or ())],
        )
        return dict(cursor.fetchall())


def a_mixed_load(operator, channel, accept, tell, template):
    """Singles on three channels, batches that end, are cancelled and wait, receipts, resends."""
    bad = Result(Outcome.PERMANENT, "60111", "用户不存在")
    channel.script = [bad, bad, Result(Outcome.UNCERTAIN, "no_answer", "平台没有应答")]
    send_messages([message.pk for message in accept(12)])
    message_resend(message_pk=Message.objects.filter(status="failed").first().pk)
    (waiting,) = accept(1, send_at=timezone.now() + timedelta(hours=2))
    message_cancel(message_pk=waiting.pk)
    accept(3, priority=9)
    accept(2, send_at=timezone.now() + timedelta(hours=2))
    apps = [
        message_accept(NewMessage(channel="APP", recipient=f"device-{n}", payload={}))
        for n in range(4)
    ]
    send_messages([message.pk for message in apps])
    tell(
        {"status": "delivered", "message_id": apps[0].message_id},
        {"status": "failed", "message_id": apps[1].message_id, "code": "UNREGISTERED"},
    )
    finished, cancelled, _ = (batch_of(operator, 30, n) for n in range(3))
    channel.script = [bad] * 5
    for chunk in MessageChunk.objects.filter(pk__in=chunks_of(finished)):
        send_chunk(chunk.pk)
    batch_cancel(batch=MessageBatch.objects.get(batch_id=cancelled))


def batch_of(operator, size, number):
    body = {
        "template_code": "notice",
        "recipients": [f"b{number}-{n}" for n in range(size)],
        "priority": (5, 1, 7)[number],
    }
    response = operator.post("/api/messages/send-batch", body)
    assert response.status_code == 202, response.content
    return response.json()["batch_id"]


def chunks_of(batch_id):
    ids = set(Message.objects.filter(batch__batch_id=batch_id).values_list("pk", flat=True))
    return [chunk.pk for chunk in MessageChunk.objects.all() if ids & set(chunk.message_ids)]


def test_after_a_mixed_load_the_monitor_the_api_and_the_rows_say_the_same(
    operator, channel, accept, tell, new_template, look
):
    a_mixed_load(operator, channel, accept, tell, new_template(body="x"))
    seen = look()
    for days, name in ((1, "today"), (7, "week")):
        overview.forget()
        told = operator.get(f"/api/messages/statistics/overview?days={days}").json()
        assert seen[name] == told
    realtime = operator.get("/api/messages/statistics/realtime").json()
    for part in ("queues", "last_minute", "in_flight", "qps"):
        assert seen["realtime"][part] == realtime[part], part

    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    total, sent, failed = (counted(midnight, states) for states in (None, ARRIVED, FAILED))
    today = seen["today"]
    assert today["total"] == sum(total.values()) == 12 + 1 + 3 + 2 + 4 + 90
    assert today["sent"] == sum(sent.values())
    assert today["failed"] == sum(failed.values())
    assert today["failed"] >= 1 + 1 + 1 + 5
    ended = today["sent"] + today["failed"]
    assert today["success_rate"] == round(100 * today["sent"] / ended, 2)
    for row in today["by_channel"]:
        name = row["channel"]
        assert (row["total"], row["sent"], row["failed"]) == (
            total.get(name, 0), sent.get(name, 0), failed.get(name, 0),
        ), name  # fmt: skip
    assert [row["channel"] for row in today["by_channel"] if row["total"]] == ["SMS", "APP"]
    assert seen["week"]["trend"][-1]["total"] == today["total"]


def test_queues_are_the_messages_that_wait_and_the_dead(
    operator, channel, accept, tell, new_template, look
):
    a_mixed_load(operator, channel, accept, tell, new_template(body="x"))
    queues = look()["realtime"]["queues"]
    assert queues["scheduled"] == Message.objects.filter(status="scheduled").count() == 2
    assert queues["urgent"] == 3
    assert queues["high"] == 30
    assert queues["dead"] == Message.objects.filter(status="failed").count()


def test_slow_channels_are_told_by_what_ended_just_now(channel, accept, tell, look):
    send_messages([message.pk for message in accept(5)])
    (app,) = [message_accept(NewMessage(channel="APP", recipient="d", payload={}))]
    channel.script = []
    send_messages([app.pk])
    recent = look()["recent"]
    by_channel = {row["channel"]: row for row in recent["channels"]}
    assert (by_channel["SMS"]["sent"], by_channel["APP"]["sent"]) == (5, 1)
    assert by_channel["SMS"]["failed"] == 0
    figures = [row["p95_response_ms"] for row in recent["channels"]]
    assert figures == sorted(figures, reverse=True)
    rows = Message.objects.filter(channel="SMS").values_list("duration_ms", flat=True)
    assert by_channel["SMS"]["avg_response_ms"] == round(sum(rows) / len(rows), 1)


def test_the_day_before_stands_beside_today(channel, accept, look):
    old = accept(4)
    channel.script = [Result(Outcome.PERMANENT, "60111")]
    send_messages([message.pk for message in old])
    noon = timezone.localtime().replace(hour=12, minute=0) - timedelta(days=1)
    Message.objects.filter(pk__in=[message.pk for message in old]).update(created_at=noon)
    overview.counters.recount(timezone.localdate())
    accept(2)
    seen = look()
    assert (seen["yesterday"]["total"], seen["yesterday"]["failed"]) == (4, 1)
    assert seen["yesterday"]["success_rate"] == 75.0
    assert (seen["today"]["total"], seen["week"]["total"]) == (2, 6)


def test_an_account_that_rests_is_the_state_of_its_channel(channel, accept, look):
    assert {row["state"] for row in look()["circuits"]} == {"closed"}
    channel.script = [Result(Outcome.RETRY, "40001", "凭证无效", is_account_fault=True)]
    send_messages([message.pk for message in accept(1)])
    states = {row["channel"]: row for row in look()["circuits"]}
    assert len(states) == 9
    assert states["SMS"]["state"] == "open"
    (circuit,) = states["SMS"]["circuits"]
    assert (circuit["code"], circuit["account"]) == ("40001", "")
    assert {row["state"] for name, row in states.items() if name != "SMS"} == {"closed"}


def test_the_desks_load_is_who_waits_who_is_there_and_what_is_late(look):
    now = timezone.now()
    agent = AgentFactory(user=UserFactory(name="李四")).user
    ChatAgent.objects.create(user=agent, accepts_chats=True, max_chats=4, slots=4, load=1)
    Chat.objects.create(
        customer=CustomerFactory(), status=ChatStatus.ACTIVE, agent=agent, queued_at=now
    )
    Chat.objects.create(
        customer=CustomerFactory(),
        status=ChatStatus.QUEUED,
        queued_at=now - timedelta(seconds=90),
    )
    TicketFactory(deadline=now - timedelta(hours=1), assignee=agent)
    TicketFactory()
    TicketFactory(deadline=now - timedelta(hours=1), status=TicketStatus.CANCELLED)
    seen = look()
    service = seen["service"]
    assert (service["queue"]["waiting"], service["queue"]["active"]) == (1, 1)
    assert 90 <= service["queue"]["oldest_wait_seconds"] < 120
    assert (service["load"], service["capacity"]) == (1, 4)
    assert service["agents"] == [{"name": "李四", "status": "online", "load": 1, "limit": 4}]
    assert seen["tickets"] == {"open": 2, "overdue": 1, "unassigned": 1}


def test_an_empty_system_has_a_snapshot_of_zeros(db, look):
    seen = look()
    assert seen["today"]["total"] == seen["yesterday"]["total"] == seen["week"]["total"] == 0
    assert len(seen["week"]["trend"]) == 7
    assert seen["recent"] == {"minutes": 5, "channels": []}
    assert seen["service"]["agents"] == []


def test_a_look_costs_the_same_however_many_messages_and_next_to_nothing_again(
    accept, look, settings_read_once, django_assert_max_num_queries, django_assert_num_queries
):
    look()
    send_messages([message.pk for message in accept(100)])
    snapshot.forget()
    with django_assert_max_num_queries(24):
        snapshot.snapshot()
    with django_assert_num_queries(0):
        snapshot.snapshot()
