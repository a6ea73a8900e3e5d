"""Wishes to read or write one thing on the platform: kept, started when due, tried again by class.

A wish is one row for its thing however often it is made; the row goes when it has come true.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F

from config.database import clock
from config.database.locks import transaction_locks
from config.events import wakeup
from config.events.publish import enqueue
from messaging.channels.base import Outcome, Result
from wechat.models import SyncJob, SyncJobKind

WORK_TASK = "wechat.sync.tasks.work_job"
QUEUE = "default"
# A task that was started and gave no sign is started again.
LOST_SECONDS = 120
# After how many seconds a passing trouble is tried again; then it is an operator's.
BACKOFF = (2, 10, 60, 300, 1800)
KEY_LENGTH = 64


@dataclass(frozen=True)
class Taken:
    """A job in work; `version` tells whether somebody has wished for it again meanwhile."""

    pk: int
    kind: SyncJobKind
    key: str
    fields: tuple[str, ...]
    version: int
    attempts: int


def wish(
    kind: SyncJobKind, key: str, *, delay_seconds: float = 0, fields: Collection[str] = ()
) -> None:
    """Wants one thing read or written, in `delay_seconds`; call inside the cause's transaction."""
    wish_many(kind, [key], delay_seconds=delay_seconds, fields=fields)


@transaction.atomic
def wish_many(
    kind: SyncJobKind,
    keys: Iterable[str],
    *,
    delay_seconds: float = 0,
    fields: Collection[str] = (),
) -> None:
    """`wish` for each of `keys`, with a bounded number of statements."""
    wanted = sorted({key[:KEY_LENGTH] for key in keys})
    transaction_locks({f"sync.job:{kind}:{key}" for key in wanted})
    due_at = clock.now() + timedelta(seconds=delay_seconds or LOST_SECONDS)
    known = {job.key: job for job in SyncJob.objects.filter(kind=kind, key__in=wanted)}
    for job in known.values():
        job.version += 1
        job.fields = sorted({*job.fields, *fields})
        job.attempts, job.is_failed, job.error_code, job.error = 0, False, "", ""
        # Whoever has it starts it again at the end.
        job.due_at = job.due_at if job.is_taken else due_at
    columns = ["version", "fields", "attempts", "is_failed", "error_code", "error", "due_at"]
    SyncJob.objects.bulk_update(known.values(), columns)
    new = SyncJob.objects.bulk_create(
        SyncJob(kind=kind, key=key, fields=sorted(fields), due_at=due_at)
        for key in wanted
        if key not in known
    )
    if delay_seconds == 0:
        free = [*new, *(job for job in known.values() if not job.is_taken)]
        enqueue(WORK_TASK, [[job.pk, job.version] for job in free], queue=QUEUE)


def take(job_id: int, version: int) -> Taken | None:
    """Takes it for this worker; None when another has, or had, this start of it."""
    taken = SyncJob.objects.filter(pk=job_id, version=version, is_failed=False).update(
        version=F("version") + 1,
        attempts=F("attempts") + 1,
        is_taken=True,
        due_at=clock.now() + timedelta(seconds=LOST_SECONDS),
    )
    if not taken:
        return None
    job = SyncJob.objects.filter(pk=job_id).first()
    if job is None or job.version < version + 1:
        return None
    return Taken(
        job.pk, SyncJobKind(job.kind), job.key, tuple(job.fields), version + 1, job.attempts
    )


def done(taken: Taken) -> None:
    """It has come true, unless somebody wished for it again meanwhile: then it is due now."""
    if not SyncJob.objects.filter(pk=taken.pk, version=taken.version).delete()[0]:
        SyncJob.objects.filter(pk=taken.pk).update(is_taken=False, due_at=clock.now())
        wakeup.signal()


def refused(taken: Taken, result: Result) -> None:
    """Again when that makes sense, else an operator's to look at (wechat-protocol.md §4.8)."""
    wait: float | None = None
    if result.outcome == Outcome.THROTTLED:
        wait = result.retry_after_seconds or 60.0
    elif result.outcome != Outcome.PERMANENT and taken.attempts <= len(BACKOFF):
        wait = BACKOFF[taken.attempts - 1]
    job = SyncJob.objects.filter(pk=taken.pk)
    job.update(is_taken=False, error_code=result.code[:64], error=result.detail[:500])
    if wait is not None:
        job.update(due_at=clock.now() + timedelta(seconds=wait))
        if result.outcome == Outcome.THROTTLED:
            job.update(attempts=F("attempts") - 1)
    else:
        # A wish made meanwhile is a new one.
        job.filter(version=taken.version).update(is_failed=True)


@transaction.atomic
def retry_failed(ids: Collection[int]) -> int:
    """Those that failed are wanted again, at once; returns how many."""
    jobs = list(SyncJob.objects.filter(pk__in=ids, is_failed=True))
    for job in jobs:
        wish(SyncJobKind(job.kind), job.key)
    return len(jobs)


def start_due(most: int = 100) -> list[tuple[str, list[int]]]:
    """Marks what is due as started; the tasks to start for it. Call in a transaction."""
    now = clock.now()
    rows = SyncJob.objects.filter(is_failed=False, due_at__lte=now).order_by("due_at")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    due = list(rows[:most])
    SyncJob.objects.filter(pk__in=[job.pk for job in due]).update(
        due_at=now + timedelta(seconds=LOST_SECONDS), is_taken=False
    )
    return [(WORK_TASK, [job.pk, job.version]) for job in due]
