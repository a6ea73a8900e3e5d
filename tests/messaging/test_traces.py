"""`GET /api/messages/traces/{trace_id}`: queue → process → send → callback (contract.md §2)."""

from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from messaging.actions.batches import message_cancel
from messaging.channels.base import Outcome, Result
from messaging.models import Message
from messaging.sending.accept import NewMessage, message_accept
from messaging.sending.work import send_messages

pytestmark = pytest.mark.django_db

ALL = ["queue", "process", "send", "callback"]


@pytest.fixture
def message(reporting):
    return message_accept(NewMessage(channel="APP", recipient="device-1", payload={}, priority=8))


@pytest.fixture
def trace(operator):
    def look(message):
        response = operator.get(f"/api/messages/traces/{message.trace_id}")
        assert response.status_code == 200, response.content
        body = response.json()
        assert (body["trace_id"], body["message_id"]) == (message.trace_id, message.message_id)
        times = [datetime.fromisoformat(node["at"]) for node in body["nodes"]]
        assert times == sorted(times), "each node after the one before"
        assert all(at.utcoffset() == timedelta(hours=8) for at in times)
        return body

    return look


def names(body):
    return [node["node"] for node in body["nodes"]]


def test_the_way_of_a_message_grows_node_by_node(message, trace, tell):
    waiting = trace(message)
    assert (names(waiting), waiting["status"], waiting["total_ms"]) == (["queue"], "queued", None)

    send_messages([message.pk])
    sent = trace(message)
    assert names(sent) == ALL[:3]
    assert (sent["status"], sent["expired"], sent["channel"]) == ("sent", False, "APP")
    assert [node["status"] for node in sent["nodes"]] == ["ok"] * 3
    assert all(node["duration_ms"] >= 0 for node in sent["nodes"])
    assert sent["total_ms"] >= 0

    tell({"status": "delivered", "message_id": message.message_id})
    delivered = trace(message)
    assert names(delivered) == ALL
    assert delivered["nodes"][3]["status"] == "delivered"
    assert delivered["total_ms"] >= sent["total_ms"]


def test_the_send_node_carries_what_the_provider_said(message, trace, reporting):
    reporting.script = [Result(Outcome.PERMANENT, "60111", "成员不存在")]
    send_messages([message.pk])
    send = trace(message)["nodes"][2]
    assert (send["status"], send["detail"]) == ("failed", "60111 成员不存在")


def test_a_retry_shows_its_last_attempt(message, trace, reporting):
    reporting.script = [Result(Outcome.RETRY, "-1", "平台繁忙")]
    send_messages([message.pk])
    body = trace(message)
    assert (body["status"], body["nodes"][2]["status"]) == ("queued", "retry")
    Message.objects.update(due_at=timezone.now())
    send_messages([message.pk])
    nodes = trace(message)["nodes"]
    assert (nodes[1]["detail"], nodes[2]["status"]) == ("第 2 次尝试", "ok")


def test_a_failure_told_by_receipt_was_sent_all_right(message, trace, tell):
    send_messages([message.pk])
    tell({"status": "failed", "message_id": message.message_id, "code": "GONE", "detail": "已卸载"})
    nodes = trace(message)["nodes"]
    assert (nodes[2]["status"], nodes[3]["status"], nodes[3]["detail"]) == (
        "ok", "failed", "GONE 已卸载",
    )  # fmt: skip


def test_a_cancelled_message_never_left_its_queue(message, trace):
    message_cancel(message_pk=message.pk)
    (node,) = trace(message)["nodes"]
    assert (node["node"], node["status"]) == ("queue", "cancelled")


def test_without_redis_the_row_tells_the_same_nodes(message, trace, tell):
    send_messages([message.pk])
    tell({"status": "delivered", "message_id": message.message_id})
    before = trace(message)
    cache.clear()
    after = trace(message)
    assert names(after) == ALL
    assert after["total_ms"] == before["total_ms"]
    assert [node["status"] for node in after["nodes"]] == [
        node["status"] for node in before["nodes"]
    ]


def test_after_seven_days_it_is_told_from_the_row_and_called_expired(message, trace, tell):
    send_messages([message.pk])
    tell({"status": "delivered", "message_id": message.message_id})
    cache.clear()
    week = timedelta(days=7, minutes=1)
    row = Message.objects.get()
    Message.objects.update(
        **{
            name: getattr(row, name) - week
            for name in ("created_at", "sent_at", "delivered_at", "finished_at")
        }
    )
    body = trace(message)
    assert (names(body), body["expired"], body["status"]) == (ALL, True, "delivered")


@pytest.mark.services_only
def test_redis_keeps_a_trace_for_seven_days(message):
    from django_redis import get_redis_connection

    from messaging import tracing

    send_messages([message.pk])
    redis = get_redis_connection("default")
    key = tracing._key(message.message_id[tracing._MINUTE])
    assert redis.hexists(key, message.message_id)
    assert timedelta(days=6, hours=23).total_seconds() < redis.ttl(key) <= 7 * 24 * 3600


def test_an_unknown_trace_is_404(operator, message):
    number = message.trace_id.removeprefix("TRC")
    for name in ("TRC0", "MSG0", "x", number, message.message_id, f"TRCTRC{number}"):
        response = operator.get(f"/api/messages/traces/{name}")
        assert (response.status_code, response.json()["errors"][0]["code"]) == (404, "not_found")
