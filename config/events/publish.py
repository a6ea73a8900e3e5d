"""Leaving the process safely: outbox rows in the running transaction (design.md §1, §4).

Publishing inside the request would cost 30–55 % of its speed and lose tasks while the broker is
away; a row costs 0.02 ms and cannot be lost (performance.md).
"""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from config.broker.trace import current_request_id
from config.database.locks import transaction_locks
from config.events import wakeup
from config.events.models import OutboxEntry

# Locks are shared by keys, so that a bulk act does not fill the server's lock table.
ORDER_LOCKS = 512


def publish(event_type: str, data: dict[str, Any], *, key: str = "") -> None:
    """Announces a domain event such as `ticket.created` on the exchange `scrm.events`, after commit.

    `data` is JSON; the envelope `{eventId, type, timestamp, data}` is contract.md §3's. Events of
    one `key`, such as `customer:12`, are announced in the order in which their changes committed.
    """
    publish_many(event_type, [data], keys=[key] if key else [])


def publish_many(
    event_type: str, items: Sequence[dict[str, Any]], *, keys: Iterable[str] = ()
) -> None:
    """`publish` for each of `items`, with one statement; `keys` are those of all of them."""
    hold_order(keys)
    timestamp = timezone.localtime().isoformat()
    request_id = current_request_id()
    OutboxEntry.objects.bulk_create(
        OutboxEntry(
            kind=OutboxEntry.Kind.EVENT,
            request_id=request_id,
            name=event_type,
            payload={
                "eventId": uuid.uuid4().hex,
                "type": event_type,
                "timestamp": timestamp,
                "data": data,
            },
        )
        for data in items
    )
    transaction.on_commit(wakeup.signal)


def hold_order(keys: Iterable[str]) -> None:
    """Whoever writes for a key holds its lock until commit, so a later row also commits later.

    An act on many rows takes them before it locks the rows, and skips rows that others hold: they
    wait for these locks with their rows in hand.
    """
    transaction_locks({f"events.order:{_order_lock(key)}" for key in keys})


def enqueue(task: str, args_list: Iterable[list[Any]], *, queue: str) -> None:
    """Starts Celery task `task` on `queue` after commit, once for each argument list."""
    request_id = current_request_id()
    OutboxEntry.objects.bulk_create(
        OutboxEntry(
            kind=OutboxEntry.Kind.TASK, name=task, payload=args, queue=queue, request_id=request_id
        )
        for args in args_list
    )
    transaction.on_commit(wakeup.signal)


def _order_lock(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) % ORDER_LOCKS
