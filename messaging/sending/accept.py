"""Accepting messages: rows first, and the chunks that will carry them (design.md §4)."""

import secrets
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from config.database import clock
from config.errors import InvalidInputError
from customers.models import User
from messaging.channels import registry
from messaging.models import ChannelAccount, Message, MessageBatch, MessageStatus, MessageTemplate
from messaging.models.batch import Queue, queue_for
from messaging.models.message import MESSAGE_PREFIX
from messaging.sending.arrays import integers
from messaging.sending.chunks import create_chunks
from messaging.sending.insert import Row, as_json, insert_rows
from messaging.statistics import counters

MAX_BATCH = 10_000
_SUFFIX_BYTES = 6


@dataclass(slots=True)
class NewMessage:
    """What a caller wants sent: `template` with `variables`, or the channel's own `payload`."""

    channel: str
    recipient: str
    payload: dict[str, Any] | None = None
    priority: int = 5
    account: ChannelAccount | None = None
    customer_id: int | None = None
    template: MessageTemplate | None = None
    variables: Mapping[str, Any] | None = None
    send_at: datetime | None = None
    expires_at: datetime | None = None
    dedupe_key: str | None = None
    fallback_channels: list[str] | None = None


def message_accept(new: NewMessage, *, created_by: User | None = None) -> Message:
    """One message, durable when the running transaction commits. See `messages_accept`."""
    return messages_accept([new], created_by=created_by)[0]


def messages_accept(news: Sequence[NewMessage], *, created_by: User | None = None) -> list[Message]:
    """Like `rows_accept`, answered with the messages themselves."""
    ids = rows_accept(news, created_by=created_by)
    return sorted(Message.objects.filter(pk__in=ids), key=lambda message: ids.index(message.pk))


@transaction.atomic
def rows_accept(
    news: Sequence[NewMessage],
    *,
    created_by: User | None = None,
    batch: MessageBatch | None = None,
) -> list[int]:
    """The rows and their chunks on the queues that their priorities name; the primary keys.

    Raises `InvalidInputError` for a channel that nobody serves or a priority outside 0–10.
    """
    hold_templates(news)
    making = new_rows(news, created_by=created_by, batch_id=batch.pk if batch else None)
    rows, ids = insert_rows(making, len(news))
    enqueue_rows(rows, ids, batch.pk if batch else None)
    transaction.on_commit(lambda: count(rows))
    return ids


def batch_accept(
    news: Sequence[NewMessage],
    *,
    channel: str,
    template: MessageTemplate | None,
    variables: Mapping[str, Any],
    created_by: User | None,
) -> MessageBatch:
    """A batch of up to 10,000 messages, all or none; `variables` are what they share."""
    if not 1 <= len(news) <= MAX_BATCH:
        raise InvalidInputError(f"一次须有 1 到 {MAX_BATCH} 位接收方", attr="recipients")
    with transaction.atomic():
        batch = MessageBatch.objects.create(
            batch_id=public_ids("BAT", 1)[0],
            channel=channel,
            template=template,
            variables=dict(variables),
            total=len(news),
            created_by=created_by,
        )
        rows_accept(news, created_by=created_by, batch=batch)
    return batch


def new_rows(
    news: Sequence[NewMessage],
    *,
    created_by: User | None,
    batch_id: int | None = None,
    now: datetime | None = None,
) -> Iterator[Row]:
    """The rows as they will be written, made one by one. Raises as `rows_accept`, at once."""
    for channel in {new.channel for new in news} - set(registry.codes()):
        raise InvalidInputError(f"渠道 {channel} 没有启用", code="unknown_channel", attr="channel")
    if not all(0 <= new.priority <= 10 for new in news):
        raise InvalidInputError("优先级必须是 0 到 10", attr="priority")
    now = now or clock.now()
    creator = created_by.pk if created_by else None
    return (
        _row(new, message_id, now, creator, batch_id)
        for new, message_id in zip(news, public_ids(MESSAGE_PREFIX, len(news)), strict=True)
    )


def enqueue_rows(rows: Sequence[Row], ids: Sequence[int], batch_id: int | None = None) -> None:
    """Chunks for new rows, by queue and by when they are due."""
    groups: dict[tuple[Queue, datetime, bool], list[int]] = defaultdict(list)
    for row, pk in zip(rows, ids, strict=True):
        groups[queue_for(row.priority), row.due_at, row.expires_at is not None].append(pk)
    for (queue, due_at, may_expire), pks in groups.items():
        create_chunks(pks, queue=queue, due_at=due_at, batch_id=batch_id, may_expire=may_expire)


def hold_templates(news: Sequence[NewMessage]) -> None:
    """Keeps the templates from being deleted until commit: a foreign key's check, made once."""
    used = {new.template.pk for new in news if new.template is not None}
    if used and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM messaging_messagetemplate WHERE id = ANY(%s::bigint[])"
                " FOR KEY SHARE",
                [integers(used)],
            )


def count(rows: Sequence[Row]) -> None:
    """Tells the counters what was accepted; called after commit."""
    found: dict[tuple[str, int | None], int] = defaultdict(int)
    for row in rows:
        found[row.channel, row.template_id] += 1
    for (channel, template_id), number in found.items():
        counters.count_accepted(channel, template_id, number)


def public_ids(prefix: str, number: int) -> list[str]:
    """`MSG20260203110332` and twelve random hex digits: sortable by eye, not guessable."""
    start = f"{prefix}{clock.local():%Y%m%d%H%M%S}"
    digits = secrets.token_hex(_SUFFIX_BYTES * number)
    step = 2 * _SUFFIX_BYTES
    return [start + digits[at : at + step] for at in range(0, len(digits), step)]


def _row(
    new: NewMessage, message_id: str, now: datetime, creator: int | None, batch_id: int | None
) -> Row:
    later = new.send_at is not None and new.send_at > now
    template = new.template
    return Row(
        message_id=message_id,
        batch_id=batch_id,
        channel=new.channel,
        account_id=new.account.pk if new.account else None,
        template_id=template.pk if template else None,
        template_version=template.version if template else None,
        recipient=new.recipient,
        customer_id=new.customer_id,
        variables=as_json(new.variables) if new.variables else None,
        payload=as_json(new.payload),
        fallback_channels=as_json(new.fallback_channels or None),
        priority=new.priority,
        status=MessageStatus.SCHEDULED.value if later else MessageStatus.QUEUED.value,
        due_at=new.send_at if later and new.send_at else now,
        expires_at=new.expires_at,
        dedupe_key=new.dedupe_key,
        created_by_id=creator,
        created_at=now,
    )
