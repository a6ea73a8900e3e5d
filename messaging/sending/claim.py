"""Claiming messages by lease: whoever's UPDATE changes a row may send it, nobody else.

The database's clock decides what is due and whose lease ran out (guarantees.md 11); SQLite, one
process with one clock, has its own form of each statement.
"""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from messaging.models import Message, MessageStatus
from messaging.models.message import WAITING
from messaging.sending.arrays import integers

LEASE_SECONDS = 50
# A web server's clock may run ahead of the database's; what it calls due now is due.
SKEW_SECONDS = 2


@dataclass(slots=True)
class Claimed:
    """A row that one worker now holds."""

    pk: int
    message_id: str
    channel: str
    account_id: int | None
    template_id: int | None
    template_version: int | None
    recipient: str
    variables: dict[str, Any] | None
    payload: dict[str, Any] | None
    attempts: int
    priority: int
    has_fallback: bool
    created_at: datetime
    dedupe_key: str | None


@dataclass(frozen=True)
class Claim:
    """What one worker holds, and the token that proves it."""

    token: uuid.UUID
    rows: list[Claimed]


_RETURNING = (
    "RETURNING id, message_id, channel, account_id, template_id, template_version, recipient,"
    " variables, payload, attempts, priority, fallback_channels IS NOT NULL, created_at,"
    " dedupe_key"
)

# Waiting and due, or in the hands of a worker whose lease ran out.
_CLAIM_POSTGRESQL = f"""
UPDATE messaging_message SET
    status = 'sending', attempts = attempts + 1, lease_token = %(token)s,
    lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
WHERE id = ANY(%(ids)s::bigint[])
  AND (status IN ('queued', 'scheduled')
         AND due_at <= clock_timestamp() + make_interval(secs => %(skew)s)
       OR status = 'sending' AND lease_until < clock_timestamp())
  AND (expires_at IS NULL OR expires_at > clock_timestamp())
  AND NOT EXISTS (SELECT 1 FROM messaging_messagebatch WHERE id = %(batch)s AND is_paused)
{_RETURNING}
"""


def claim(ids: Sequence[int], batch_id: int | None = None) -> Claim:
    """Takes those of `ids` that are due and not expired, highest priority first.

    Nothing of a batch that is paused. A row that another worker is just taking is waited for, and
    then left to it.
    """
    token = uuid.uuid4()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                _CLAIM_POSTGRESQL,
                {
                    "ids": integers(ids),
                    "token": token,
                    "lease": LEASE_SECONDS,
                    "skew": SKEW_SECONDS,
                    "batch": batch_id,
                },
            )
        else:
            cursor.execute(*_claim_sqlite(ids, token, batch_id))
        rows = [_claimed(row) for row in cursor.fetchall()]
    rows.sort(key=lambda row: (-row.priority, row.pk))
    return Claim(token, rows)


def _claim_sqlite(
    ids: Sequence[int], token: uuid.UUID, batch_id: int | None
) -> tuple[str, list[Any]]:
    adapt = connection.ops.adapt_datetimefield_value
    now = timezone.now()
    marks = ",".join(["%s"] * len(ids))
    statement = (
        "UPDATE messaging_message SET status = 'sending', attempts = attempts + 1,"
        " lease_token = %s, lease_until = %s"
        f" WHERE id IN ({marks}) AND (status IN ('queued', 'scheduled') AND due_at <= %s"
        " OR status = 'sending' AND lease_until < %s)"
        " AND (expires_at IS NULL OR expires_at > %s)"
        " AND NOT EXISTS (SELECT 1 FROM messaging_messagebatch WHERE id = %s AND is_paused)"
        f" {_RETURNING}"
    )
    return statement, [
        token.hex,
        adapt(now + timedelta(seconds=LEASE_SECONDS)),
        *ids,
        adapt(now + timedelta(seconds=SKEW_SECONDS)),
        adapt(now),
        adapt(now),
        batch_id,
    ]


def _claimed(row: Sequence[Any]) -> Claimed:
    claimed = Claimed(*row)
    if connection.vendor != "postgresql":
        claimed.has_fallback = bool(claimed.has_fallback)
        # Text, or already a time by sqlite3's own converter: in UTC, and silent about it.
        claimed.created_at = datetime.fromisoformat(str(claimed.created_at)).replace(tzinfo=UTC)
    # Django's cursor hands JSON over as text.
    if isinstance(claimed.variables, str):
        claimed.variables = json.loads(claimed.variables)
    if isinstance(claimed.payload, str):
        claimed.payload = json.loads(claimed.payload)
    return claimed


def expire_overdue(ids: Sequence[int]) -> int:
    """Waiting messages past `expires_at` are never sent late (guarantees.md 15)."""
    overdue = Message.objects.filter(pk__in=ids, status__in=WAITING, expires_at__isnull=False)
    now = timezone.now()
    return overdue.filter(expires_at__lte=now).update(
        status=MessageStatus.EXPIRED,
        error_code="expired",
        error_detail="超过有效期，未发送",
        finished_at=now,
    )
