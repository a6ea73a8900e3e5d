"""Writing down how attempts ended, fenced: only whoever still holds the lease changes a row."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from config.database import clock
from config.logs import get_logger
from config.runtime import store
from messaging.channels.base import Outbound, Outcome, Result
from messaging.models import MessageAttempt, MessageStatus
from messaging.sending import arrays
from messaging.sending.claim import Claimed
from messaging.sending.insert import as_json

logger = get_logger(__name__)

JITTER = 0.2
# What needs no thought, and by how much it changes the number of attempts.
_FINAL = {
    Outcome.SENT: (MessageStatus.SENT, 0),
    Outcome.PERMANENT: (MessageStatus.FAILED, 0),
    Outcome.UNCERTAIN: (MessageStatus.UNCERTAIN, 0),
    Outcome.EXPIRED: (MessageStatus.EXPIRED, -1),
}
DETAIL_LENGTH = 500


@dataclass(slots=True)
class Finished:
    """One attempt that ended. `outbound` is missing where not even its content could be made."""

    row: Claimed
    result: Result
    outbound: Outbound | None = None
    # When the call began, seconds since the epoch, and how long it took.
    started_at: float = 0.0
    duration_ms: int = 0
    # It was sent to look whether an open circuit's provider works again.
    is_probe: bool = False


@dataclass(slots=True)
class After:
    """What becomes of a message: its columns after the attempt."""

    finished: Finished
    status: str
    attempts_after: int
    due_at: datetime | None
    payload: str | None
    error_code: str
    error_detail: str

    @property
    def is_final(self) -> bool:
        return self.status not in (MessageStatus.QUEUED, MessageStatus.SENDING)


# Nearly all waves are nothing but this.
_ALL_SENT_POSTGRESQL = """
UPDATE messaging_message AS m SET
    status = 'sent', payload = COALESCE(r.payload, m.payload),
    provider_message_id = r.provider_message_id, duration_ms = r.duration_ms, error_code = '',
    error_detail = '', lease_token = NULL, lease_until = NULL,
    sent_at = clock_timestamp(), finished_at = clock_timestamp()
FROM unnest(%s::bigint[], %s::int[], %s::jsonb[], %s::text[], %s::int[])
  AS r(id, attempts, payload, provider_message_id, duration_ms)
WHERE m.id = r.id AND m.attempts = r.attempts AND m.lease_token = %s AND m.status = 'sending'
RETURNING m.id
"""

_FLUSH_POSTGRESQL = """
UPDATE messaging_message AS m SET
    status = r.status, attempts = r.attempts_after, due_at = COALESCE(r.due_at, m.due_at),
    payload = COALESCE(r.payload, m.payload),
    provider_message_id = r.provider_message_id, duration_ms = r.duration_ms,
    error_code = r.error_code, error_detail = r.error_detail,
    lease_token = NULL, lease_until = NULL,
    sent_at = CASE WHEN r.status = 'sent' THEN clock_timestamp() ELSE m.sent_at END,
    finished_at = CASE WHEN r.is_final THEN clock_timestamp() END
FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::int[], %s::timestamptz[], %s::jsonb[],
            %s::text[], %s::int[], %s::text[], %s::text[], %s::bool[])
  AS r(id, attempts, status, attempts_after, due_at, payload, provider_message_id, duration_ms,
       error_code, error_detail, is_final)
WHERE m.id = r.id AND m.attempts = r.attempts AND m.lease_token = %s AND m.status = 'sending'
RETURNING m.id
"""

_FLUSH_SQLITE = """
UPDATE messaging_message SET status = %s, attempts = %s, due_at = COALESCE(%s, due_at),
    payload = COALESCE(%s, payload), provider_message_id = %s, duration_ms = %s,
    error_code = %s, error_detail = %s, lease_token = NULL, lease_until = NULL,
    sent_at = CASE WHEN %s THEN %s ELSE sent_at END,
    finished_at = CASE WHEN %s THEN %s END
WHERE id = %s AND attempts = %s AND lease_token = %s AND status = 'sending'
"""


def flush(token: uuid.UUID, finished: Sequence[Finished]) -> list[After]:
    """Writes the results of the rows that `token` still holds; returns those that were.

    A worker that was frozen past its lease changes nothing (guarantees.md 3).
    """
    if not finished:
        return []
    rows = [_after(item) for item in finished]
    if connection.vendor != "postgresql":
        written = _flush_sqlite(token, rows)
    elif all(row.status == MessageStatus.SENT for row in rows):
        written = _flush_sent(token, rows)
    else:
        written = _flush_postgresql(token, rows)
    if len(written) < len(rows):
        logger.warning("results_fenced", lost=len(rows) - len(written))
        rows = [row for row in rows if row.finished.row.pk in written]
    return rows


def _after(item: Finished) -> After:
    result = item.result
    status, attempts_after, due_at = _next_state(item.row.attempts, result, is_probe=item.is_probe)
    ended_well = result.outcome is Outcome.SENT
    new_payload = item.outbound.payload if item.outbound and item.row.payload is None else None
    return After(
        finished=item,
        status=status,
        attempts_after=attempts_after,
        due_at=due_at,
        payload=as_json(new_payload),
        # Never empty after trouble: lists find what went wrong by it.
        error_code="" if ended_well else (result.code or result.outcome)[:64],
        # The last line says what happened; the whole traceback stands in the attempt.
        error_detail=""
        if ended_well
        else (result.detail.strip().splitlines() or [""])[-1][:DETAIL_LENGTH],
    )


def _next_state(
    attempts: int, result: Result, *, is_probe: bool
) -> tuple[str, int, datetime | None]:
    """Status, attempts, and when it is due again (guarantees.md 6).

    A look whether the provider works again costs its message no attempt: each look takes the first
    one of those that wait, which would soon have used up all it has.
    """
    if result.outcome in _FINAL:
        status, used = _FINAL[result.outcome]
        return status, attempts + used, None
    now = clock.now()
    if result.outcome is Outcome.THROTTLED:
        wait = 60.0 if result.retry_after_seconds is None else result.retry_after_seconds
        return MessageStatus.QUEUED, attempts - 1, now + timedelta(seconds=wait)
    retry = store.get("retry")
    if is_probe:
        attempts -= 1
    elif attempts >= retry["max_attempts"]:
        return MessageStatus.FAILED, attempts, None
    delay = retry["delay_seconds"] * (1 + random.uniform(-JITTER, JITTER))  # noqa: S311
    return MessageStatus.QUEUED, attempts, now + timedelta(seconds=delay)


def _flush_sent(token: uuid.UUID, rows: Sequence[After]) -> set[int]:
    items = [row.finished for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            _ALL_SENT_POSTGRESQL,
            [
                arrays.integers(item.row.pk for item in items),
                arrays.integers(item.row.attempts for item in items),
                arrays.texts(row.payload for row in rows),
                arrays.texts(item.result.provider_message_id[:128] for item in items),
                arrays.integers(item.duration_ms for item in items),
                token,
            ],
        )
        return {pk for (pk,) in cursor.fetchall()}


@transaction.atomic
def _flush_postgresql(token: uuid.UUID, rows: Sequence[After]) -> set[int]:
    items = [row.finished for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            _FLUSH_POSTGRESQL,
            [
                arrays.integers(item.row.pk for item in items),
                arrays.integers(item.row.attempts for item in items),
                arrays.texts(row.status for row in rows),
                arrays.integers(row.attempts_after for row in rows),
                arrays.times(row.due_at for row in rows),
                arrays.texts(row.payload for row in rows),
                arrays.texts(item.result.provider_message_id[:128] for item in items),
                arrays.integers(item.duration_ms for item in items),
                arrays.texts(row.error_code for row in rows),
                arrays.texts(row.error_detail for row in rows),
                arrays.texts("t" if row.is_final else "f" for row in rows),
                token,
            ],
        )
        written = {pk for (pk,) in cursor.fetchall()}
    _keep_attempts(rows, written)
    return written


@transaction.atomic
def _flush_sqlite(token: uuid.UUID, rows: Sequence[After]) -> set[int]:
    adapt = connection.ops.adapt_datetimefield_value
    now = adapt(clock.now())
    written: set[int] = set()
    with connection.cursor() as cursor:
        for row in rows:
            item = row.finished
            cursor.execute(
                _FLUSH_SQLITE,
                [
                    row.status,
                    row.attempts_after,
                    adapt(row.due_at) if row.due_at else None,
                    row.payload,
                    item.result.provider_message_id[:128],
                    item.duration_ms,
                    row.error_code,
                    row.error_detail,
                    row.status == MessageStatus.SENT,
                    now,
                    row.is_final,
                    now,
                    item.row.pk,
                    item.row.attempts,
                    token.hex,
                ],
            )
            if cursor.rowcount:
                written.add(item.row.pk)
    _keep_attempts(rows, written)
    return written


def _keep_attempts(rows: Sequence[After], written: set[int]) -> None:
    MessageAttempt.objects.bulk_create(
        MessageAttempt(
            message_id=row.finished.row.pk,
            number=row.finished.row.attempts,
            outcome=row.finished.result.outcome,
            code=row.finished.result.code[:64],
            detail=row.finished.result.detail,
            duration_ms=row.finished.duration_ms,
        )
        for row in rows
        if row.finished.result.outcome is not Outcome.SENT
        and row.finished.result.was_tried
        and row.finished.row.pk in written
    )
