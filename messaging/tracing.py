"""A message's way, queue → process → send → callback: in Redis for seven days, then from its row.

All traces of the messages created in one minute are fields of one hash, so a wave of sends writes
them with one command. The minute and the field come from the message's id.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from redis import Redis
from redis.client import Pipeline

from config.redis_link import RedisAway, ask
from messaging.models import Message, MessageStatus
from messaging.models.message import MESSAGE_PREFIX
from messaging.sending.results import After

KEPT = timedelta(days=7)
_MINUTE = slice(len(MESSAGE_PREFIX), len(MESSAGE_PREFIX) + 12)


@dataclass(frozen=True)
class Attempt:
    """The last attempt as Redis remembers it; times are seconds since the epoch."""

    claimed_at: float
    started_at: float
    duration_ms: int
    number: int
    status: str
    code: str


def write(pipe: Pipeline, rows: Iterable[After], claimed_at: float) -> None:
    """Adds the commands that keep these attempts."""
    minutes: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        item = row.finished
        message_id = item.row.message_id
        minutes[message_id[_MINUTE]][message_id] = (
            f"{claimed_at:.3f}|{item.started_at:.3f}|{item.duration_ms}"
            f"|{item.row.attempts}|{row.status}|{row.error_code}"
        )
    for minute, traces in minutes.items():
        key = _key(minute)
        pipe.hset(key, mapping=traces)  # type: ignore[arg-type]
        pipe.expire(key, KEPT)


def trace_of(message: Message) -> dict[str, Any]:
    """What `GET /api/messages/traces/{trace_id}` answers (contract.md §2)."""
    attempt = _attempt(message)
    nodes = [_queue_node(message, attempt)]
    if attempt is not None or message.attempts:
        nodes += _sending_nodes(message, attempt)
    if message.delivered_at is not None:
        nodes.append(_callback_node(message))
    end = message.delivered_at or message.finished_at
    return {
        "trace_id": message.trace_id,
        "message_id": message.message_id,
        "channel": message.channel,
        "status": message.status,
        "nodes": nodes,
        "total_ms": _ms(end - message.created_at) if end else None,
        "expired": timezone.now() - message.created_at > KEPT,
    }


def forget_messages(message_ids: Iterable[str]) -> None:
    """Drops the traces of these; without Redis there are none."""
    minutes: dict[str, list[str]] = defaultdict(list)
    for message_id in message_ids:
        minutes[message_id[_MINUTE]].append(message_id)

    def drop(redis: Redis) -> None:
        for minute, fields in minutes.items():
            redis.hdel(_key(minute), *fields)

    try:
        ask(drop)
    except RedisAway:
        return


def _attempt(message: Message) -> Attempt | None:
    def look(redis: Redis) -> bytes | None:
        found: bytes | None = redis.hget(_key(message.message_id[_MINUTE]), message.message_id)  # type: ignore[assignment]
        return found

    try:
        raw = ask(look)
    except RedisAway:
        return None
    if raw is None:
        return None
    claimed, started, duration, number, status, code = raw.decode().split("|", 5)
    return Attempt(float(claimed), float(started), int(duration), int(number), status, code)


def _queue_node(message: Message, attempt: Attempt | None) -> dict[str, Any]:
    left_at = _time(attempt.claimed_at) if attempt else message.sent_at
    waited = _ms(left_at - message.created_at) if left_at else None
    state = "ok" if left_at or message.attempts else message.status
    return _node("queue", state, message.created_at, waited, f"队列 {message.queue.label}")


def _sending_nodes(message: Message, attempt: Attempt | None) -> list[dict[str, Any]]:
    """Of the last attempt. Without Redis, process and send fall together."""
    duration = attempt.duration_ms if attempt else message.duration_ms
    if attempt is not None:
        claimed = _time(attempt.claimed_at)
        started = _time(attempt.started_at) if attempt.started_at else claimed
    else:
        started = (message.sent_at or message.finished_at or message.due_at) - timedelta(
            milliseconds=duration or 0
        )
        claimed = started
    state = _send_state(message)
    number = attempt.number if attempt else message.attempts
    said = f"{message.error_code} {message.error_detail}".strip()
    return [
        _node("process", "ok", claimed, _ms(started - claimed), f"第 {number} 次尝试"),
        _node("send", state, started, duration, said or message.provider_message_id),
    ]


def _send_state(message: Message) -> str:
    if message.status in (MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.READ):
        return "ok"
    if message.status == MessageStatus.FAILED and message.delivered_at is not None:
        # Sent all right; it was the receipt that told of the failure.
        return "ok"
    return "retry" if message.status == MessageStatus.QUEUED else message.status


def _callback_node(message: Message) -> dict[str, Any]:
    assert message.delivered_at is not None
    since = message.sent_at or message.created_at
    said = f"{message.error_code} {message.error_detail}".strip()
    return _node(
        "callback", message.status, message.delivered_at, _ms(message.delivered_at - since), said
    )


def _node(
    node: str, status: str, at: datetime, duration_ms: int | None, detail: str
) -> dict[str, Any]:
    return {
        "node": node,
        "status": str(status),
        "at": timezone.localtime(at),
        "duration_ms": duration_ms,
        "detail": detail,
    }


def _key(minute: str) -> str:
    return f"scrm:trace:{minute}"


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _ms(span: timedelta) -> int:
    """Never negative: two clocks may disagree by a little."""
    return max(0, round(span.total_seconds() * 1000))
