"""The gate that beats ask: one UPDATE a start, which only one of them can win.

The same UPDATE looks whether the job is paused, so a pause holds from the moment it is committed.
"""

import datetime as dt

from celery.schedules import BaseSchedule, crontab
from django.db.models import F, Q

from config.database import clock
from monitoring.jobs.catalogue import all_jobs, ensure_rows
from monitoring.jobs.models import Job
from monitoring.jobs.times import interval_seconds, slot_of

# A beat may wake a moment before the minute by the wall clock.
EARLY = dt.timedelta(seconds=1)
# Intervals have no times that two beats share: the second one's start comes too soon after the
# first one's. A beat's own starts may be a little closer together than the interval.
LEAST_SHARE = 0.9


class JobGate:
    """Entries that are no jobs of ours pass: a scheduled template claims its minute itself."""

    def take(self, name: str, schedule: BaseSchedule) -> bool:
        if name not in all_jobs():
            return True
        if _take(name, schedule):
            return True
        if Job.objects.filter(name=name).exists():
            return False
        ensure_rows()
        return _take(name, schedule)

    def give_back(self, name: str, schedule: BaseSchedule) -> None:
        Job.objects.filter(name=name, slot__isnull=False).update(slot=F("slot_before"))


def _take(name: str, schedule: BaseSchedule) -> bool:
    now = clock.now()
    if isinstance(schedule, crontab):
        slot = slot_of(schedule, now + EARLY)
        earlier = Q(slot__lt=slot)
    else:
        slot = now
        least = dt.timedelta(seconds=LEAST_SHARE * interval_seconds(schedule))
        earlier = Q(slot__lte=now - least)
    free = Job.objects.filter(Q(slot=None) | earlier, name=name, is_paused=False)
    return bool(free.update(slot=slot, slot_before=F("slot")))
