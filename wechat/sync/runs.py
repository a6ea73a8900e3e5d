"""The life of a run: begun, taken by a worker, one page further, waiting, taken over, ended."""

import traceback
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q

from config.database import clock
from config.errors import ConflictError
from config.events.publish import enqueue
from customers.models import User
from messaging.channels.base import Outcome, Result
from wechat.models import ACTIVE, SyncKind, SyncRun, SyncStatus
from wechat.sync.jobs import QUEUE

WORK_TASK = "wechat.sync.tasks.work_run"
# Longer than any page takes: whoever shows no progress for so long is dead.
STALE_SECONDS = 90
BACKOFF = (5, 30, 120, 600)
# A failed run younger than this goes on where it stopped; an older one begins anew.
RESUMED = timedelta(hours=24)
SAMPLES = 20


class TakenOver(Exception):
    """Another worker has this run now: what this one was about to write is not written."""


@dataclass
class Tally:
    """What a page came to. `differences`: kind, and words about one of them."""

    processed: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0
    differences: list[tuple[str, str]] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        for name in ("processed", "created", "updated", "unchanged", "failed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.differences += other.differences


def sync_start(kind: SyncKind, *, by: User | None = None) -> SyncRun:
    """The run of `kind` and its first task. A failed one of today goes on where it stopped.

    Raises `ConflictError` while one is running; one whose worker died is taken over.
    """
    try:
        with transaction.atomic():
            run = _resumed(kind) or SyncRun.objects.create(kind=kind, started_by=by)
            enqueue(WORK_TASK, [[run.pk]], queue=QUEUE)
            return run
    except IntegrityError:
        raise ConflictError(f"「{kind.label}」正在同步", code="sync_running") from None


def _resumed(kind: SyncKind) -> SyncRun | None:
    last = SyncRun.objects.filter(kind=kind).order_by("-id").first()
    if last is None:
        return None
    now = clock.now()
    stale = Q(status=SyncStatus.WAITING) | Q(
        status=SyncStatus.RUNNING, heartbeat_at__lt=now - timedelta(seconds=STALE_SECONDS)
    )
    failed = Q(status=SyncStatus.FAILED, started_at__gt=now - RESUMED) & ~Q(cursor={})
    taken = SyncRun.objects.filter(stale | failed, pk=last.pk).update(
        status=SyncStatus.RUNNING,
        lease="",
        due_at=None,
        attempts=0,
        error="",
        error_code="",
        finished_at=None,
        heartbeat_at=now,
    )
    return last if taken else None


def sync_stop(run_id: int) -> bool:
    """Ends a run where it stands; False when it had ended. Its worker notices at its next page."""
    return bool(
        SyncRun.objects.filter(pk=run_id, status__in=ACTIVE).update(
            status=SyncStatus.STOPPED, lease="", due_at=None, finished_at=clock.now()
        )
    )


def take(run_id: int) -> SyncRun | None:
    """The run for this worker, None when it ended or another worker is alive at it."""
    now = clock.now()
    free = Q(lease="") | Q(heartbeat_at__lt=now - timedelta(seconds=STALE_SECONDS))
    lease = uuid.uuid4().hex
    if not SyncRun.objects.filter(free, pk=run_id, status__in=ACTIVE).update(
        status=SyncStatus.RUNNING, lease=lease, heartbeat_at=now, due_at=None
    ):
        return None
    return SyncRun.objects.filter(pk=run_id, lease=lease).first()


def go_on(run: SyncRun, tally: Tally, cursor: dict[str, Any] | None, total: int | None) -> None:
    """The page's own end: counts and cursor, in the transaction of what it wrote.

    No cursor: the run has come to its end. Raises `TakenOver` when it is no longer ours.
    """
    now = clock.now()
    run.report = _reported(run.report, tally)
    values: dict[str, Any] = {
        "processed": F("processed") + tally.processed,
        "created_count": F("created_count") + tally.created,
        "updated_count": F("updated_count") + tally.updated,
        "unchanged_count": F("unchanged_count") + tally.unchanged,
        "failed_count": F("failed_count") + tally.failed,
        "report": run.report,
        "heartbeat_at": now,
        "attempts": 0,
        "error": "",
        "error_code": "",
    }
    if total is not None:
        values["total"] = total
    if cursor is None:
        values |= {"status": SyncStatus.FINISHED, "finished_at": now, "lease": "", "cursor": {}}
    else:
        run.cursor = values["cursor"] = cursor
    if not _mine(run).update(**values):
        raise TakenOver


def hand_on(run: SyncRun) -> None:
    """This worker's time is up: another task goes on."""
    with transaction.atomic():
        if _mine(run).update(lease="", heartbeat_at=clock.now()):
            enqueue(WORK_TASK, [[run.pk]], queue=QUEUE)


def wait(run: SyncRun, result: Result) -> None:
    """Again when the platform will have it; for good when it never will, or not after all tries."""
    seconds: float | None = None
    attempts = run.attempts + 1
    if result.outcome == Outcome.THROTTLED:
        seconds, attempts = result.retry_after_seconds or 60.0, run.attempts
    elif result.outcome != Outcome.PERMANENT and attempts <= len(BACKOFF):
        seconds = BACKOFF[attempts - 1]
    _end(run, seconds, attempts, result.code, result.detail)


def broke(run: SyncRun) -> None:
    """An error of our own, being handled now: tried again like a passing trouble."""
    attempts = run.attempts + 1
    seconds = BACKOFF[attempts - 1] if attempts <= len(BACKOFF) else None
    _end(run, seconds, attempts, "error", traceback.format_exc())


def _end(run: SyncRun, seconds: float | None, attempts: int, code: str, error: str) -> None:
    now = clock.now()
    values: dict[str, Any] = {
        "lease": "",
        "attempts": attempts,
        "error_code": code[:64],
        "error": error[-4000:],
        "heartbeat_at": now,
    }
    if seconds is not None:
        values |= {"status": SyncStatus.WAITING, "due_at": now + timedelta(seconds=seconds)}
    else:
        values |= {"status": SyncStatus.FAILED, "finished_at": now}
    _mine(run).update(**values)


def start_due() -> list[tuple[str, list[int]]]:
    """Marks runs that waited long enough, or whose worker died, as started; their tasks."""
    now = clock.now()
    waited = Q(status=SyncStatus.WAITING, due_at__lte=now)
    died = Q(status=SyncStatus.RUNNING, heartbeat_at__lt=now - timedelta(seconds=STALE_SECONDS))
    rows = SyncRun.objects.filter(waited | died)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    ids = list(rows.values_list("pk", flat=True))
    if ids:
        later = now + timedelta(seconds=STALE_SECONDS)
        SyncRun.objects.filter(pk__in=ids).update(lease="", heartbeat_at=now, due_at=later)
    return [(WORK_TASK, [pk]) for pk in ids]


def _mine(run: SyncRun) -> Any:
    return SyncRun.objects.filter(pk=run.pk, lease=run.lease, status=SyncStatus.RUNNING)


def _reported(report: dict[str, Any], tally: Tally) -> dict[str, Any]:
    """The report with this page's differences: counts of all, words of the first few."""
    counts = Counter(kind for kind, _ in tally.differences)
    merged = {kind: dict(entry) for kind, entry in report.items()}
    for kind, count in counts.items():
        entry = merged.setdefault(kind, {"count": 0, "samples": []})
        entry["count"] += count
        room = SAMPLES - len(entry["samples"])
        words = [text for name, text in tally.differences if name == kind]
        entry["samples"] = [*entry["samples"], *words[:room]]
    return merged
