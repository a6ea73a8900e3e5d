"""The jobs as operators see them: state, next time, and what ran today."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from monitoring.jobs.catalogue import JobSpec, all_jobs, ensure_rows
from monitoring.jobs.models import Job, JobDay, JobRun, RunStatus
from monitoring.jobs.times import slot_after, slot_of


@dataclass(frozen=True)
class ShownJob:
    """A job's row with what follows from its schedule and from today's runs."""

    row: Job
    spec: JobSpec
    state: str
    next_run_at: dt.datetime | None
    runs_today: int
    failures_today: int
    skipped_today: int
    average_ms: int | None


# A job's state in one word, for lists and filters; the order is that of importance.
STATES = {
    "paused": "已暂停",
    "late": "未按时运行",
    "failed": "失败",
    "running": "运行中",
    "skipped": "已跳过",
    "ok": "正常",
    "never": "尚未运行",
}


def jobs_rows() -> QuerySet[Job]:
    """The rows of jobs that the timetable still has."""
    ensure_rows()
    return Job.objects.filter(name__in=list(all_jobs())).select_related("paused_by")


def jobs_shown(rows: list[Job], now: dt.datetime | None = None) -> list[ShownJob]:
    """In the timetable's order, with one query for all of today's counts."""
    now = now or timezone.now()
    days = {
        day.job_id: day
        for day in JobDay.objects.filter(
            job__in=[row.pk for row in rows], date=timezone.localdate(now)
        )
    }
    place = {name: number for number, name in enumerate(all_jobs())}
    rows = sorted(rows, key=lambda row: place[row.name])
    return [_shown(row, days.get(row.pk), now) for row in rows]


def is_late(row: Job, spec: JobSpec, now: dt.datetime) -> bool:
    """Whether its last time has long passed and nothing has run since."""
    if row.is_paused:
        return False
    due = slot_of(spec.schedule, now - spec.grace)
    return max(row.last_started_at or row.created_at, row.created_at) < due


def late_jobs(now: dt.datetime | None = None) -> list[Job]:
    """For whoever watches: the jobs that should have run and have not."""
    now = now or timezone.now()
    return [row for row in jobs_rows() if is_late(row, all_jobs()[row.name], now)]


def runs_of(job: Job) -> QuerySet[JobRun]:
    """Its history, newest first."""
    return JobRun.objects.filter(job=job).select_related("started_by").order_by("-id")


def days_of(job: Job, count: int = 14) -> list[JobDay]:
    """Its last days that had runs, newest first."""
    return list(JobDay.objects.filter(job=job).order_by("-date")[:count])


def _shown(row: Job, day: JobDay | None, now: dt.datetime) -> ShownJob:
    spec = all_jobs()[row.name]
    ran = day.runs if day else 0
    return ShownJob(
        row=row,
        spec=spec,
        state=_state(row, spec, now),
        next_run_at=None if row.is_paused else _next(row, spec, now),
        runs_today=ran,
        failures_today=day.failures if day else 0,
        skipped_today=day.skipped if day else 0,
        average_ms=round(day.duration_sum_ms / ran) if day and ran else None,
    )


def _next(row: Job, spec: JobSpec, now: dt.datetime) -> dt.datetime:
    """Intervals go on from the last start."""
    cut = slot_after(spec.schedule, now)
    if row.slot is None or not spec.is_interval:
        return cut
    return max(row.slot + (cut - slot_of(spec.schedule, now)), now)


def _state(row: Job, spec: JobSpec, now: dt.datetime) -> str:
    if row.is_paused:
        return "paused"
    if row.last_status == RunStatus.RUNNING:
        return "running"
    if is_late(row, spec, now):
        return "late"
    return row.last_status or "never"
