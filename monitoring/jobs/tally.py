"""Runs counted in this process, until they are written to the jobs' rows and days."""

import datetime as dt
import threading
import time
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from monitoring.jobs.models import Job, JobDay, RunStatus

WRITTEN_EVERY_SECONDS = 10.0


@dataclass(frozen=True)
class Ended:
    status: RunStatus
    started_at: dt.datetime
    duration_ms: int
    error: str


@dataclass
class _Day:
    runs: int = 0
    failures: int = 0
    skipped: int = 0
    duration_sum_ms: int = 0
    duration_max_ms: int = 0


@dataclass
class _Waiting:
    last: Ended
    days: dict[dt.date, _Day] = field(default_factory=dict)


_lock = threading.Lock()
_waiting: dict[str, _Waiting] = {}
_written_at = 0.0


def add(name: str, ended: Ended, *, at_once: bool) -> None:
    """Counts a run of job `name`; written at once, or with what is written next."""
    with _lock:
        waiting = _waiting.setdefault(name, _Waiting(ended))
        waiting.last = ended
        day = waiting.days.setdefault(timezone.localdate(), _Day())
        if ended.status == RunStatus.SKIPPED:
            day.skipped += 1
        else:
            day.runs += 1
            day.failures += ended.status == RunStatus.FAILED
            day.duration_sum_ms += ended.duration_ms
            day.duration_max_ms = max(day.duration_max_ms, ended.duration_ms)
    if at_once or time.monotonic() - _written_at >= WRITTEN_EVERY_SECONDS:
        flush()


def flush() -> None:
    """Writes what this process has counted."""
    global _written_at
    with _lock:
        taken = dict(_waiting)
        _waiting.clear()
        _written_at = time.monotonic()
    for name, waiting in taken.items():
        _write(name, waiting)


def forget() -> None:
    """For tests: nothing waits, and the next run is written at once."""
    global _written_at
    with _lock:
        _waiting.clear()
        _written_at = 0.0


@transaction.atomic
def _write(name: str, waiting: _Waiting) -> None:
    job, _ = Job.objects.get_or_create(name=name)
    last = waiting.last
    changes: dict[str, object] = {"last_status": last.status, "last_error": last.error}
    if last.status != RunStatus.SKIPPED:
        changes |= {"last_started_at": last.started_at, "last_duration_ms": last.duration_ms}
    Job.objects.filter(pk=job.pk).update(**changes)
    for date, day in waiting.days.items():
        if not _add_to_day(job.pk, date, day):
            try:
                with transaction.atomic():
                    JobDay.objects.create(job_id=job.pk, date=date, **vars(day))
            except IntegrityError:
                _add_to_day(job.pk, date, day)


def _add_to_day(job_id: int, date: dt.date, day: _Day) -> bool:
    return bool(
        JobDay.objects.filter(job_id=job_id, date=date).update(
            runs=F("runs") + day.runs,
            failures=F("failures") + day.failures,
            skipped=F("skipped") + day.skipped,
            duration_sum_ms=F("duration_sum_ms") + day.duration_sum_ms,
            duration_max_ms=Greatest(F("duration_max_ms"), day.duration_max_ms),
        )
    )
