"""Accepting messages: rows first, then tasks of up to 500 ids through the outbox (design.md §4)."""

import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from config.errors import InvalidInputError
from config.events.publish import enqueue
from customers.models import Customer, User
from messaging.channels import registry
from messaging.models import (
    ChannelAccount,
    Message,
    MessageBatch,
    MessageStatus,
    MessageTemplate,
    Queue,
)

SEND_TASK = "messaging.tasks.send_chunk"
CHUNK_SIZE = 500
MAX_BATCH = 10_000


@dataclass(frozen=True)
class NewMessage:
    """What a caller wants sent: `payload` is the channel's own rendered content."""

    channel: str
    recipient: str
    payload: dict[str, Any]
    priority: int = 5
    account: ChannelAccount | None = None
    customer: Customer | None = None
    template: MessageTemplate | None = None
    send_at: datetime | None = None
    expires_at: datetime | None = None
    dedupe_key: str | None = None


def message_accept(new: NewMessage, *, created_by: User | None = None) -> Message:
    """One message, durable when the running transaction commits. See `messages_accept`."""
    return messages_accept([new], created_by=created_by)[0]


@transaction.atomic
def messages_accept(
    news: Sequence[NewMessage],
    *,
    created_by: User | None = None,
    batch: MessageBatch | None = None,
) -> list[Message]:
    """The rows, and their tasks on the queue that each priority names.

    Raises `InvalidInputError` for a channel that nobody serves or a priority outside 0–10.
    """
    rows = [_row(new, created_by, batch) for new in news]
    messages = Message.objects.bulk_create(rows, batch_size=1000)
    enqueue_messages([m for m in messages if m.status == MessageStatus.QUEUED])
    return messages


def batch_accept(
    news: Sequence[NewMessage], *, channel: str, created_by: User | None
) -> MessageBatch:
    """A batch of up to 10,000 messages, all or none. Raises as `messages_accept`."""
    if not 1 <= len(news) <= MAX_BATCH:
        raise InvalidInputError(f"一次须有 1 到 {MAX_BATCH} 位接收方", attr="recipients")
    with transaction.atomic():
        batch = MessageBatch.objects.create(
            batch_id=_public_id("BAT"), channel=channel, total=len(news), created_by=created_by
        )
        messages_accept(news, created_by=created_by, batch=batch)
    return batch


def enqueue_messages(messages: Sequence[Message]) -> None:
    """Tasks for messages that are `queued` and due."""
    by_queue: dict[Queue, list[int]] = defaultdict(list)
    for message in messages:
        by_queue[message.queue].append(message.pk)
    for queue, ids in by_queue.items():
        chunks = [[ids[at : at + CHUNK_SIZE]] for at in range(0, len(ids), CHUNK_SIZE)]
        enqueue(SEND_TASK, chunks, queue=f"msg.{queue}")


def _row(new: NewMessage, created_by: User | None, batch: MessageBatch | None) -> Message:
    if new.channel not in registry.codes():
        raise InvalidInputError(
            f"渠道 {new.channel} 没有启用", code="unknown_channel", attr="channel"
        )
    if not 0 <= new.priority <= 10:
        raise InvalidInputError("优先级必须是 0 到 10", attr="priority")
    now = timezone.now()
    later = new.send_at is not None and new.send_at > now
    return Message(
        message_id=_public_id("MSG"),
        trace_id=_public_id("TRC"),
        batch=batch,
        channel=new.channel,
        account=new.account,
        recipient=new.recipient,
        customer=new.customer,
        template=new.template,
        template_version=new.template.version if new.template else None,
        payload=new.payload,
        priority=new.priority,
        status=MessageStatus.SCHEDULED if later else MessageStatus.QUEUED,
        due_at=new.send_at if later and new.send_at else now,
        enqueued_at=None if later else now,
        expires_at=new.expires_at,
        dedupe_key=new.dedupe_key,
        created_by=created_by,
    )


def _public_id(prefix: str) -> str:
    """`MSG20260203110332` and twelve random hex digits: sortable by eye, not guessable."""
    return f"{prefix}{timezone.localtime():%Y%m%d%H%M%S}{secrets.token_hex(6)}"
