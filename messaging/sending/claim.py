"""Claiming messages by lease: whoever's UPDATE changes a row may send it, nobody else.

The database's clock decides what is due and whose lease ran out (guarantees.md 11); SQLite, one
process with one clock, has its own form of each statement.
"""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from messaging.channels.base import Outbound
from messaging.models import ChannelAccount, Message, MessageStatus

LEASE_SECONDS = 50
# A web server's clock may run ahead of the database's; what it calls due now is due.
SKEW_SECONDS = 2


@dataclass(frozen=True)
class Claim:
    """The rows that one worker now holds, and the token that proves it."""

    token: uuid.UUID
    outbounds: list[Outbound]


_RETURNING = "RETURNING id, message_id, channel, account_id, recipient, payload, attempts, priority"

_CLAIM_POSTGRESQL = f"""
UPDATE messaging_message SET
    status = 'sending', attempts = attempts + 1, lease_token = %(token)s,
    lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
WHERE id IN (
    SELECT id FROM messaging_message
    WHERE id = ANY(%(ids)s) AND status = 'queued'
      AND due_at <= clock_timestamp() + make_interval(secs => %(skew)s)
      AND (expires_at IS NULL OR expires_at > clock_timestamp())
    ORDER BY priority DESC, id
    FOR UPDATE SKIP LOCKED
) {_RETURNING}
"""


def claim(ids: Sequence[int]) -> Claim:
    """Takes those of `ids` that are queued, due and not expired; highest priority first.

    A row that another worker holds is skipped, not waited for.
    """
    token = uuid.uuid4()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                _CLAIM_POSTGRESQL,
                {"ids": list(ids), "token": token, "lease": LEASE_SECONDS, "skew": SKEW_SECONDS},
            )
        else:
            marks = ",".join(["%s"] * len(ids))
            now = timezone.now()
            due = now + timedelta(seconds=SKEW_SECONDS)
            cursor.execute(
                "UPDATE messaging_message SET status = 'sending', attempts = attempts + 1,"
                " lease_token = %s, lease_until = %s"
                f" WHERE id IN ({marks}) AND status = 'queued' AND due_at <= %s"
                f" AND (expires_at IS NULL OR expires_at > %s) {_RETURNING}",
                [token.hex, now + timedelta(seconds=LEASE_SECONDS), *ids, due, now],
            )
        rows = cursor.fetchall()
    rows.sort(key=lambda row: (-row[7], row[0]))
    accounts = ChannelAccount.objects.in_bulk({row[3] for row in rows if row[3]})
    return Claim(
        token,
        [
            Outbound(
                pk=row[0],
                message_id=row[1],
                channel=row[2],
                account=accounts.get(row[3]),
                recipient=row[4],
                payload=row[5] if isinstance(row[5], dict) else json.loads(row[5]),
                attempts=row[6],
            )
            for row in rows
        ],
    )


def expire_overdue(ids: Sequence[int]) -> int:
    """Queued messages past `expires_at` are never sent late (guarantees.md 15)."""
    now = timezone.now()
    return Message.objects.filter(
        pk__in=ids, status=MessageStatus.QUEUED, expires_at__lte=now
    ).update(status=MessageStatus.EXPIRED, finished_at=now)
