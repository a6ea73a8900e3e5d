"""How runs are written down, by Celery's signals; the tasks know nothing of it.

A job that runs every five minutes or less often has a row for each run, from its start. Jobs that
run more often are counted in this process and written at most every ten seconds; only their
failures have rows. A worker that is killed loses what it had not yet written: counts, no failures.
"""

import datetime as dt
import threading
import time
from dataclasses import dataclass
from typing import Any

from celery import states
from celery.signals import (
    task_failure,
    task_postrun,
    task_prerun,
    task_revoked,
    worker_process_shutdown,
    worker_shutdown,
)
from django.utils import timezone

from monitoring.jobs import tally
from monitoring.jobs.catalogue import JobSpec, all_jobs
from monitoring.jobs.models import Job, JobRun, RunStatus, Trigger

# What beat writes into a task's headers (django-celery-beat), and what a start by hand adds.
NAME_HEADER = "periodic_task_name"
ACTOR_HEADER = "job_started_by"
ERROR_LENGTH, TRACEBACK_LENGTH = 500, 10_000
# A frequent job that always fails has a row a minute.
FAILURE_EVERY_SECONDS = 60.0

_lock = threading.Lock()
_begun: dict[str, "_Begun"] = {}
_failed: dict[str, tuple[str, str]] = {}
_failure_kept: dict[str, float] = {}


@dataclass(frozen=True)
class _Begun:
    spec: JobSpec
    started_at: dt.datetime
    clock: float
    actor_id: int | None

    @property
    def has_row(self) -> bool:
        return not self.spec.is_frequent or self.actor_id is not None


def connect() -> None:
    """Called from the app's `ready()`; connecting twice changes nothing."""
    task_prerun.connect(begin, weak=False, dispatch_uid="jobs.begin")
    task_failure.connect(fail, weak=False, dispatch_uid="jobs.fail")
    task_postrun.connect(end, weak=False, dispatch_uid="jobs.end")
    task_revoked.connect(skip, weak=False, dispatch_uid="jobs.skip")
    for signal in (worker_process_shutdown, worker_shutdown):
        signal.connect(close, weak=False, dispatch_uid="jobs.close")


def begin(task_id: str, task: Any, **_signal: Any) -> None:
    spec = all_jobs().get(_header(task.request, NAME_HEADER) or "")
    if spec is None:
        return
    actor_id = _header(task.request, ACTOR_HEADER)
    begun = _Begun(spec, timezone.now(), time.monotonic(), actor_id)
    with _lock:
        _begun[task_id] = begun
    if begun.has_row:
        _write_run(begun, task_id, status=RunStatus.RUNNING, finished_at=None)
        Job.objects.filter(name=spec.name).update(
            last_status=RunStatus.RUNNING, last_started_at=begun.started_at
        )


def fail(task_id: str, exception: BaseException, einfo: Any = None, **_signal: Any) -> None:
    if task_id in _begun:
        said = f"{type(exception).__name__}: {exception}"[:ERROR_LENGTH]
        _failed[task_id] = (said, str(getattr(einfo, "traceback", ""))[-TRACEBACK_LENGTH:])


def end(task_id: str, state: str | None = None, **_signal: Any) -> None:
    with _lock:
        begun = _begun.pop(task_id, None)
    if begun is None:
        return
    error, traceback = _failed.pop(task_id, ("", ""))
    is_good = state in (states.SUCCESS, states.IGNORED)
    ended = tally.Ended(
        status=RunStatus.OK if is_good else RunStatus.FAILED,
        started_at=begun.started_at,
        duration_ms=round((time.monotonic() - begun.clock) * 1000),
        error="" if is_good else error or f"任务以 {state} 结束",
    )
    if begun.has_row or (not is_good and _is_kept(begun.spec.name)):
        _write_run(
            begun,
            task_id,
            status=ended.status,
            finished_at=timezone.now(),
            duration_ms=ended.duration_ms,
            error=ended.error,
            traceback=traceback,
        )
    tally.add(begun.spec.name, ended, at_once=begun.has_row or not is_good)


def skip(request: Any, expired: bool = False, **_signal: Any) -> None:
    """A start that waited in its queue until it expired: too late, the next one is due."""
    spec = all_jobs().get(_header(request, NAME_HEADER) or "")
    if spec is None or not expired:
        return
    now = timezone.now()
    ended = tally.Ended(RunStatus.SKIPPED, now, 0, "排队过久，已过期，未运行")
    if not spec.is_frequent:
        begun = _Begun(spec, now, 0.0, _header(request, ACTOR_HEADER))
        _write_run(begun, request.id, status=ended.status, finished_at=now, error=ended.error)
    tally.add(spec.name, ended, at_once=not spec.is_frequent)


def close(**_signal: Any) -> None:
    """What is still only in this process is written before it ends."""
    tally.flush()


def forget() -> None:
    """For tests: as in a process that has just begun."""
    with _lock:
        _begun.clear()
    _failed.clear()
    _failure_kept.clear()


def _is_kept(name: str) -> bool:
    now = time.monotonic()
    if now - _failure_kept.get(name, -FAILURE_EVERY_SECONDS) < FAILURE_EVERY_SECONDS:
        return False
    _failure_kept[name] = now
    return True


def _write_run(begun: _Begun, task_id: str, **fields: Any) -> None:
    job = Job.objects.filter(name=begun.spec.name).values_list("pk", flat=True).first()
    if job is None:
        job = Job.objects.get_or_create(name=begun.spec.name)[0].pk
    JobRun.objects.update_or_create(
        task_id=task_id,
        defaults=fields,
        create_defaults={
            "job_id": job,
            "trigger": Trigger.SCHEDULE if begun.actor_id is None else Trigger.MANUAL,
            "started_by_id": begun.actor_id,
            "started_at": begun.started_at,
            **fields,
        },
    )


def _header(request: Any, name: str) -> Any:
    """Where a worker puts a message's own headers depends on how the task came."""
    found = getattr(request, name, None)
    if found is None:
        found = (getattr(request, "headers", None) or {}).get(name)
    if found is None:
        found = getattr(request, "request_dict", {}).get(name)
    return found
