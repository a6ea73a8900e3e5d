"""Writing down how attempts ended, fenced: only whoever still holds the lease changes a row."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from config.logs import get_logger
from config.runtime import store
from messaging.channels.base import Outbound, Outcome, Result
from messaging.models import MessageAttempt, MessageStatus

logger = get_logger(__name__)

JITTER = 0.2
DETAIL_LENGTH = 500


@dataclass(frozen=True)
class Finished:
    """One attempt that ended."""

    outbound: Outbound
    result: Result
    duration_ms: int


@dataclass(frozen=True)
class _Row:
    """What becomes of a message: its columns after the attempt."""

    pk: int
    attempts: int
    status: str
    attempts_after: int
    due_at: datetime | None
    provider_message_id: str
    error_code: str
    error_detail: str
    is_final: bool


_FLUSH_POSTGRESQL = """
UPDATE messaging_message AS m SET
    status = r.status, attempts = r.attempts_after, due_at = COALESCE(r.due_at, m.due_at),
    provider_message_id = r.provider_message_id, error_code = r.error_code,
    error_detail = r.error_detail, enqueued_at = NULL, lease_token = NULL, lease_until = NULL,
    sent_at = CASE WHEN r.status = 'sent' THEN clock_timestamp() ELSE m.sent_at END,
    finished_at = CASE WHEN r.is_final THEN clock_timestamp() END
FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::int[], %s::timestamptz[],
            %s::text[], %s::text[], %s::text[], %s::bool[])
  AS r(id, attempts, status, attempts_after, due_at, provider_message_id, error_code,
       error_detail, is_final)
WHERE m.id = r.id AND m.attempts = r.attempts AND m.lease_token = %s AND m.status = 'sending'
RETURNING m.id
"""

_FLUSH_SQLITE = """
UPDATE messaging_message SET status = %s, attempts = %s, due_at = COALESCE(%s, due_at),
    provider_message_id = %s, error_code = %s, error_detail = %s,
    enqueued_at = NULL, lease_token = NULL, lease_until = NULL,
    sent_at = CASE WHEN %s THEN %s ELSE sent_at END,
    finished_at = CASE WHEN %s THEN %s END
WHERE id = %s AND attempts = %s AND lease_token = %s AND status = 'sending'
RETURNING id
"""


@transaction.atomic
def flush(token: uuid.UUID, finished: Sequence[Finished]) -> int:
    """Writes the results of rows that `token` still holds; returns how many that were.

    A worker that was frozen past its lease changes nothing (guarantees.md 3).
    """
    if not finished:
        return 0
    rows = [_row(item) for item in finished]
    written = _flush_postgresql(token, rows) if _is_postgresql() else _flush_sqlite(token, rows)
    MessageAttempt.objects.bulk_create(
        MessageAttempt(
            message_id=item.outbound.pk,
            number=item.outbound.attempts,
            outcome=item.result.outcome,
            code=item.result.code,
            detail=item.result.detail,
            duration_ms=item.duration_ms,
        )
        for item in finished
        if item.result.outcome is not Outcome.SENT
        and item.result.was_tried
        and item.outbound.pk in written
    )
    if len(written) < len(finished):
        logger.warning("results_fenced", lost=len(finished) - len(written))
    return len(written)


def _row(item: Finished) -> _Row:
    outbound, result = item.outbound, item.result
    status, attempts_after, due_at = _next_state(outbound, result)
    return _Row(
        pk=outbound.pk,
        attempts=outbound.attempts,
        status=status,
        attempts_after=attempts_after,
        due_at=due_at,
        provider_message_id=result.provider_message_id[:128],
        error_code=result.code[:64] if result.outcome is not Outcome.SENT else "",
        # The last line says what happened; the whole traceback stands in the attempt.
        error_detail=(result.detail.strip().splitlines() or [""])[-1][:DETAIL_LENGTH],
        is_final=status not in (MessageStatus.QUEUED, MessageStatus.SENDING),
    )


def _next_state(outbound: Outbound, result: Result) -> tuple[str, int, datetime | None]:
    """Status, attempts, and when it is due again (guarantees.md 6)."""
    now = timezone.now()
    if result.outcome is Outcome.SENT:
        return MessageStatus.SENT, outbound.attempts, None
    if result.outcome is Outcome.PERMANENT:
        return MessageStatus.FAILED, outbound.attempts, None
    if result.outcome is Outcome.UNCERTAIN:
        return MessageStatus.UNCERTAIN, outbound.attempts, None
    if result.outcome is Outcome.THROTTLED:
        wait = 60.0 if result.retry_after_seconds is None else result.retry_after_seconds
        return MessageStatus.QUEUED, outbound.attempts - 1, now + timedelta(seconds=wait)
    retry = store.get("retry")
    if outbound.attempts >= retry["max_attempts"]:
        return MessageStatus.FAILED, outbound.attempts, None
    delay = retry["delay_seconds"] * (1 + random.uniform(-JITTER, JITTER))  # noqa: S311
    return MessageStatus.QUEUED, outbound.attempts, now + timedelta(seconds=delay)


def _is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def _flush_postgresql(token: uuid.UUID, rows: list[_Row]) -> set[int]:
    columns = [
        [getattr(row, name) for row in rows]
        for name in (
            "pk",
            "attempts",
            "status",
            "attempts_after",
            "due_at",
            "provider_message_id",
            "error_code",
            "error_detail",
            "is_final",
        )
    ]
    with connection.cursor() as cursor:
        cursor.execute(_FLUSH_POSTGRESQL, [*columns, token])
        return {pk for (pk,) in cursor.fetchall()}


def _flush_sqlite(token: uuid.UUID, rows: list[_Row]) -> set[int]:
    written: set[int] = set()
    now = timezone.now()
    with connection.cursor() as cursor:
        for row in rows:
            cursor.execute(
                _FLUSH_SQLITE,
                [
                    row.status,
                    row.attempts_after,
                    row.due_at,
                    row.provider_message_id,
                    row.error_code,
                    row.error_detail,
                    row.status == MessageStatus.SENT,
                    now,
                    row.is_final,
                    now,
                    row.pk,
                    row.attempts,
                    token.hex,
                ],
            )
            written.update(pk for (pk,) in cursor.fetchall())
    return written
