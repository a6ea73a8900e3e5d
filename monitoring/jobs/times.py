"""When a schedule's times are. A *slot* is one of them; both beats call the same one the same."""

import datetime as dt
from itertools import pairwise
from typing import Any

from celery.schedules import BaseSchedule, crontab
from django.utils import timezone

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
# So far a crontab is searched: a yearly one is found.
SEARCHED = dt.timedelta(days=370)


def slot_of(when: BaseSchedule, at: dt.datetime) -> dt.datetime:
    """The newest time of the schedule that is not after `at`.

    Intervals have no times of their own: they are cut at whole multiples since 1970, so a beat that
    began later cuts at the same places.
    """
    if isinstance(when, crontab):
        return _walk(when, at, back=True)
    seconds = interval_seconds(when)
    return dt.datetime.fromtimestamp(at.timestamp() // seconds * seconds, dt.UTC)


def slot_after(when: BaseSchedule, at: dt.datetime) -> dt.datetime:
    """The first time of the schedule after `at`."""
    if isinstance(when, crontab):
        return _walk(when, at + MINUTE, back=False)
    return slot_of(when, at) + dt.timedelta(seconds=interval_seconds(when))


def interval_seconds(when: BaseSchedule) -> float:
    """About how long from one time to the next, at its busiest."""
    own: Any = when
    if isinstance(when, crontab):
        minutes: list[int] = sorted(own.minute)
        if len(minutes) > 1:
            return 60.0 * min(b - a for a, b in pairwise(minutes))
        return 3600.0 if len(own.hour) > 1 else 86_400.0
    seconds: float = own.run_every.total_seconds()
    return max(1.0, seconds)


def _walk(cron: Any, at: dt.datetime, *, back: bool) -> dt.datetime:
    """Minute by minute through hours that match, hour by hour through those that do not."""
    minute = timezone.localtime(at).replace(second=0, microsecond=0)
    end = SEARCHED
    sign = -1 if back else 1
    start = minute
    while abs(minute - start) <= end:
        if minute.hour in cron.hour and _is_day(cron, minute):
            if minute.minute in cron.minute:
                return minute
            minute += sign * MINUTE
        elif back:
            minute = minute.replace(minute=0) - MINUTE
        else:
            minute = minute.replace(minute=0) + HOUR
    raise LookupError(f"{cron!r} has no time within {SEARCHED.days} days")


def _is_day(cron: Any, moment: dt.datetime) -> bool:
    return (
        moment.day in cron.day_of_month
        and moment.month in cron.month_of_year
        and moment.isoweekday() % 7 in cron.day_of_week
    )
