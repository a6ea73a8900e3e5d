"""Claiming messages by lease: whoever's UPDATE changes a row may send it, nobody else.

The database's clock decides what is due and whose lease ran out (guarantees.md 11); SQLite, one
process with one clock, has its own form of each statement.
"""

import json
import math
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from messaging.models import Message, MessageStatus
from messaging.models.message import WAITING
from messaging.sending.arrays import integers

LEASE_SECONDS = 50
# A web server's clock may run ahead of the database's; what it calls due now is due.
SKEW_SECONDS = 2
EXPIRED_CODE, EXPIRED_DETAIL = "expired", "超过有效期，未发送"


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
    # When it is too late to send it, by `time.monotonic()`: no clock that is set moves it.
    good_until: float = math.inf

    @property
    def is_too_late(self) -> bool:
        return time.monotonic() >= self.good_until


@dataclass(frozen=True)
class Claim:
    """What one worker holds, and the token that proves it."""

    token: uuid.UUID
    rows: list[Claimed]
    # Whether a worker had them before, whose lease ran out.
    was_interrupted: bool = False


_RETURNING = (
    "RETURNING id, message_id, channel, account_id, template_id, template_version, recipient,"
    " variables, payload, attempts, priority, fallback_channels IS NOT NULL, created_at,"
    " dedupe_key"
)

_WAITING_POSTGRESQL = (
    "status IN ('queued', 'scheduled')"
    " AND due_at <= clock_timestamp() + make_interval(secs => %(skew)s)"
)
_INTERRUPTED_POSTGRESQL = "status = 'sending' AND lease_until < clock_timestamp()"
_CLAIM_POSTGRESQL = """
UPDATE messaging_message SET
    status = 'sending', attempts = attempts + 1, lease_token = %(token)s,
    lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
WHERE id = ANY(%(ids)s::bigint[])
  AND {condition}
  AND (expires_at IS NULL OR expires_at > clock_timestamp())
  AND NOT EXISTS (SELECT 1 FROM messaging_messagebatch WHERE id = %(batch)s AND is_paused)
{returning}, extract(epoch FROM expires_at - clock_timestamp())::float8
"""


def claim(ids: Sequence[int], batch_id: int | None = None, *, interrupted: bool = False) -> Claim:
    """Takes those of `ids` that are due and not expired, highest priority first.

    `interrupted`: those instead whose worker's lease ran out. Nothing of a batch that is paused. A
    row that another worker is just taking is waited for, and then left to it.
    """
    token = uuid.uuid4()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            condition = _INTERRUPTED_POSTGRESQL if interrupted else _WAITING_POSTGRESQL
            cursor.execute(
                _CLAIM_POSTGRESQL.format(condition=condition, returning=_RETURNING),
                {
                    "ids": integers(ids),
                    "token": token,
                    "lease": LEASE_SECONDS,
                    "skew": SKEW_SECONDS,
                    "batch": batch_id,
                },
            )
        else:
            cursor.execute(*_claim_sqlite(ids, token, batch_id, interrupted=interrupted))
        rows = [_claimed(row) for row in cursor.fetchall()]
    rows.sort(key=lambda row: (-row.priority, row.pk))
    return Claim(token, rows, interrupted)


def interrupted_among(ids: Sequence[int]) -> list[int]:
    """Those of `ids` that a worker held whose lease ran out."""
    rows = Message.objects.filter(pk__in=ids, status=MessageStatus.SENDING, lease_until__lt=Now())
    return list(rows.order_by("-priority", "pk").values_list("pk", flat=True))


def _claim_sqlite(
    ids: Sequence[int], token: uuid.UUID, batch_id: int | None, *, interrupted: bool
) -> tuple[str, list[Any]]:
    adapt = connection.ops.adapt_datetimefield_value
    now = timezone.now()
    marks = ",".join(["%s"] * len(ids))
    waiting = "status IN ('queued', 'scheduled') AND due_at <= %s"
    condition = "status = 'sending' AND lease_until < %s" if interrupted else waiting
    until = now if interrupted else now + timedelta(seconds=SKEW_SECONDS)
    statement = (
        "UPDATE messaging_message SET status = 'sending', attempts = attempts + 1,"
        " lease_token = %s, lease_until = %s"
        f" WHERE id IN ({marks}) AND {condition}"
        " AND (expires_at IS NULL OR expires_at > %s)"
        " AND NOT EXISTS (SELECT 1 FROM messaging_messagebatch WHERE id = %s AND is_paused)"
        f" {_RETURNING}, (julianday(expires_at) - julianday(%s)) * 86400.0"
    )
    return statement, [
        token.hex,
        adapt(now + timedelta(seconds=LEASE_SECONDS)),
        *ids,
        adapt(until),
        adapt(now),
        batch_id,
        adapt(now),
    ]


def _claimed(row: Sequence[Any]) -> Claimed:
    *columns, seconds_left = row
    claimed = Claimed(*columns)
    if seconds_left is not None:
        claimed.good_until = time.monotonic() + float(seconds_left)
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
    """Waiting messages past `expires_at` are never sent late (guarantees.md 15).

    Nor is one whose worker died with it: what that one did nobody knows, but it is not done again.
    """
    is_nobodys = Q(status__in=WAITING) | Q(status=MessageStatus.SENDING, lease_until__lt=Now())
    overdue = Message.objects.filter(is_nobodys, pk__in=ids, expires_at__lte=Now())
    return overdue.update(
        status=MessageStatus.EXPIRED,
        error_code=EXPIRED_CODE,
        error_detail=EXPIRED_DETAIL,
        lease_token=None,
        lease_until=None,
        finished_at=Now(),
    )
