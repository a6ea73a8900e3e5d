"""The jobs there are: the timetable's entries, room by room."""

import datetime as dt
from dataclasses import dataclass
from functools import cache

from celery.schedules import BaseSchedule, crontab
from django.conf import settings

from config.errors import NotFoundError
from config.schedule import timetable
from config.whole_number import whole_number
from monitoring.jobs.models import Job
from monitoring.jobs.times import interval_seconds
from monitoring.jobs.words import schedule_words

# Jobs that run more often have no row a run: a day of them would be thousands (docs/jobs.md).
RECORDED_FROM_SECONDS = 300
# How long past its time a job may be before it is late: three of its intervals, between these.
LEAST_GRACE = dt.timedelta(minutes=2)
MOST_GRACE = dt.timedelta(minutes=30)


@dataclass(frozen=True)
class JobSpec:
    name: str
    task: str
    schedule: BaseSchedule
    queue: str
    room: str

    @property
    def is_frequent(self) -> bool:
        return interval_seconds(self.schedule) < RECORDED_FROM_SECONDS

    @property
    def is_interval(self) -> bool:
        return not isinstance(self.schedule, crontab)

    @property
    def grace(self) -> dt.timedelta:
        """How long past its time a job may be before it is called late."""
        three = dt.timedelta(seconds=3 * interval_seconds(self.schedule))
        return min(max(LEAST_GRACE, three), MOST_GRACE)

    @property
    def words(self) -> str:
        """Its schedule in words: `每 15 秒`, `每天 03:17`."""
        return schedule_words(self.schedule)


@cache
def all_jobs() -> dict[str, JobSpec]:
    """By name, in the timetable's order."""
    return {
        name: JobSpec(
            name,
            entry["task"],
            entry["schedule"],
            entry.get("options", {}).get("queue", settings.CELERY_TASK_DEFAULT_QUEUE),
            room,
        )
        for room, entries in timetable.ROOMS.items()
        for name, entry in entries.items()
    }


def rooms() -> list[str]:
    return list(timetable.ROOMS)


def ensure_rows() -> None:
    """A row for each job that has none yet."""
    known = set(Job.objects.values_list("name", flat=True))
    missing = [Job(name=name) for name in all_jobs() if name not in known]
    if missing:
        Job.objects.bulk_create(missing, ignore_conflicts=True)


def job_called(word: str) -> Job:
    """The job of that number, name or task; raises `NotFoundError`."""
    jobs = all_jobs()
    name = word if word in jobs else next((j.name for j in jobs.values() if j.task == word), "")
    found = None
    if name:
        ensure_rows()
        found = Job.objects.filter(name=name).first()
    elif (number := whole_number(word)) is not None:
        found = Job.objects.filter(pk=number, name__in=list(jobs)).first()
    if found is None:
        raise NotFoundError("没有这个定时任务")
    return found
