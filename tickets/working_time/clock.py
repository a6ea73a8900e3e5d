"""Time counted in working hours only, in the desk's own time zone.

Days are walked one by one, so the cost is linear in days, and only so far (`HORIZON`): what lies
beyond counts as plain time. Hours without any span count as plain time altogether.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.utils import timezone

from config.runtime import store
from tickets.working_time import calendar
from tickets.working_time.calendar import DayKind
from tickets.working_time.hours import SETTING, Week, week_of

logger = logging.getLogger(__name__)

Hours = Mapping[str, Any]

HORIZON = timedelta(days=3660)
# A little inside of what `datetime` can hold in every time zone.
_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9900, 1, 1, tzinfo=UTC)


class Timetable:
    """Working hours together with the calendar."""

    def __init__(self, week: Week, own_word: Mapping[date, str]) -> None:
        self.week = week
        self.own_word = own_word

    def is_working(self, moment: datetime) -> bool:
        local = _local(moment)
        return any(start <= local < end for start, end in self._spans(local.date()))

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from `start` to `end`; negative when `end` is the earlier one."""
        if end < start:
            return -self.between(end, start)
        if self.week.is_empty:
            return end - start
        first, last = _local(start), _local(end)
        horizon = first + HORIZON
        total = max(last - horizon, timedelta())
        for span_start, span_end in self.spans_within(first, min(last, horizon)):
            total += span_end - span_start
        return total

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The moment by which `duration` of working time has passed since `start`."""
        if duration <= timedelta():
            return start
        if self.week.is_empty:
            logger.warning("working hours without any span: plain time is counted")
            return _plain(start, duration)
        first = _local(start)
        horizon, left = first + HORIZON, duration
        for span_start, span_end in self.spans_within(first, horizon):
            if span_end - span_start >= left:
                return (span_start + left).astimezone(start.tzinfo)
            left -= span_end - span_start
        return _plain(horizon, left).astimezone(start.tzinfo)

    def subtract(self, end: datetime, duration: timedelta) -> datetime:
        """The last moment from which `duration` of working time passes until `end`."""
        if duration <= timedelta():
            return end
        if self.week.is_empty:
            return end - duration
        last = _local(end)
        horizon, left = last - HORIZON, duration
        for span_start, span_end in self._walk_back(horizon, last):
            if span_end - span_start >= left:
                return (span_end - left).astimezone(end.tzinfo)
            left -= span_end - span_start
        return horizon.astimezone(end.tzinfo)

    def spans_within(self, first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The spans within [first, last), cut to it, in order."""
        day = first.date()
        while day <= last.date():
            for opens, closes in self._spans(day):
                start, end = max(opens, first), min(closes, last)
                if start < end:
                    yield start, end
            day += timedelta(days=1)

    def _walk_back(self, first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Like `spans_within`, the latest first."""
        day = last.date()
        while day >= first.date():
            for opens, closes in reversed(list(self._spans(day))):
                start, end = max(opens, first), min(closes, last)
                if start < end:
                    yield start, end
            day -= timedelta(days=1)

    def _spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        kind = calendar.kind_of(day, self.own_word)
        if kind is DayKind.HOLIDAY:
            return
        spans = self.week.makeup if kind is DayKind.MAKEUP else self.week.days[day.weekday()]
        midnight = datetime.combine(day, time(), timezone.get_default_timezone())
        for start, end in spans:
            yield midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)


class PlainTime:
    """A timetable of somebody who always works."""

    def between(self, start: datetime, end: datetime) -> timedelta:
        return end - start

    def add(self, start: datetime, duration: timedelta) -> datetime:
        return _plain(start, max(duration, timedelta()))

    def subtract(self, end: datetime, duration: timedelta) -> datetime:
        return end - max(duration, timedelta())


PLAIN = PlainTime()
Time = Timetable | PlainTime


def timetable(hours: Hours | None = None) -> Timetable:
    """By a profile's `hours`, or by the runtime setting `ticket.working_hours`."""
    if hours is None:
        hours = store.get(SETTING)
    return _timetable(
        json.dumps(hours, sort_keys=True), json.dumps(store.get(calendar.SETTING), sort_keys=True)
    )


@lru_cache(maxsize=64)
def _timetable(hours: str, own_word: str) -> Timetable:
    """Read once for as long as neither changes."""
    dates = {date.fromisoformat(day): word for day, word in json.loads(own_word).items()}
    return Timetable(week_of(json.loads(hours)), dates)


def working_seconds_between(start: datetime, end: datetime, hours: Hours | None = None) -> float:
    """Seconds of working time from `start` to `end`; negative when `end` is the earlier one."""
    return timetable(hours).between(start, end).total_seconds()


def add_working_seconds(start: datetime, seconds: float, hours: Hours | None = None) -> datetime:
    """The first moment by which `seconds` of working time have passed since `start`."""
    return timetable(hours).add(start, timedelta(seconds=seconds))


def is_working_time(moment: datetime, hours: Hours | None = None) -> bool:
    return timetable(hours).is_working(moment)


def _local(moment: datetime) -> datetime:
    return timezone.localtime(
        min(max(moment, _FIRST), _LAST), timezone=timezone.get_default_timezone()
    )


def _plain(start: datetime, duration: timedelta) -> datetime:
    try:
        return min(start + duration, _LAST)
    except OverflowError:
        return _LAST
