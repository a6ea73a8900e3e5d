"""Times and spans as people write them: `2026-12-01 18:00`, `明天 18:00`, `4小时`, `两天`."""

import re
from datetime import datetime, timedelta

from django.utils import timezone

_DATE = re.compile(
    r"(?:(?P<year>\d{4})\s*+[-/.年]\s*+)?(?P<month>\d{1,2})\s*+[-/.月]\s*+(?P<day>\d{1,2})\s*+[日号]?"
    r"|(?P<near>今天|明天|后天)"
)
_TIME = re.compile(r"\s*+(?P<hour>\d{1,2})\s*+(?:[:点时]\s*+(?P<minute>\d{1,2})?分?)")
_NEAR = {"今天": 0, "明天": 1, "后天": 2}
_SPAN = re.compile(
    r"(?P<number>\d{1,5}(?:\.\d)?|[一二两三四五六七八九十半])\s*+个?\s*+"
    r"(?P<unit>分钟|小时|工作日|天|日|周|星期|h|d)"
)
_NUMBERS = dict(zip("一二三四五六七八九十", range(1, 11), strict=True)) | {"两": 2, "半": 0.5}
_UNITS = {
    "分钟": timedelta(minutes=1),
    "小时": timedelta(hours=1),
    "h": timedelta(hours=1),
    "天": timedelta(days=1),
    "日": timedelta(days=1),
    "d": timedelta(days=1),
    "周": timedelta(weeks=1),
    "星期": timedelta(weeks=1),
}
LONGEST_SPAN = timedelta(days=366)


def moment_in(folded: str) -> tuple[datetime, int] | None:
    """The moment that `folded` begins with, and how far it reaches; a day alone is its last minute.

    A day without a year is the next such day; a time without a day is today's.
    """
    date = _DATE.match(folded)
    at = date.end() if date else 0
    time = _TIME.match(folded, at)
    if date is None and time is None:
        return None
    now = timezone.localtime()
    hour, minute = (int(time["hour"]), int(time["minute"] or 0)) if time else (23, 59)
    try:
        day = _day(date, now)
        moment = day.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if date and date["month"] and not date["year"] and moment < now - timedelta(days=1):
            moment = moment.replace(year=moment.year + 1)
    except ValueError:
        return None
    return moment, time.end() if time else at


def _day(date: re.Match[str] | None, now: datetime) -> datetime:
    if date is None:
        return now
    if date["near"]:
        return now + timedelta(days=_NEAR[date["near"]])
    year = int(date["year"] or now.year)
    return now.replace(year=year, month=int(date["month"]), day=int(date["day"]))


def span_in(folded: str) -> tuple[timedelta, int] | None:
    """The span that `folded` begins with, and how far it reaches; None beyond a year, or for nothing."""
    found = _SPAN.match(folded)
    if found is None or found["unit"] not in _UNITS:
        return None
    word = found["number"]
    number = _NUMBERS[word] if word in _NUMBERS else float(word)
    span = number * _UNITS[found["unit"]]
    return (span, found.end()) if timedelta() < span <= LONGEST_SPAN else None
