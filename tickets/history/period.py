"""A span of days, both included, in the time zone of the desk."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from config.api.dates import asked_day
from config.errors import InvalidInputError

MAX_DAYS = 366 * 2


@dataclass(frozen=True)
class Period:
    first: dt.date
    last: dt.date

    @property
    def start(self) -> dt.datetime:
        return _midnight(self.first)

    @property
    def end(self) -> dt.datetime:
        """The moment after its last."""
        return _midnight(self.last + dt.timedelta(days=1))

    @property
    def days(self) -> list[dt.date]:
        count = (self.last - self.first).days + 1
        return [self.first + dt.timedelta(days=n) for n in range(count)]


def asked_period(
    asked: Mapping[str, str], *, default_days: int, most_days: int = MAX_DAYS
) -> Period:
    """`from` and `to`; without them the last `default_days`. Raises `InvalidInputError` naming one."""
    last = _day(asked, "to") or timezone.localdate()
    first = _day(asked, "from") or last - dt.timedelta(days=default_days - 1)
    if first > last:
        raise InvalidInputError("开始日期不能晚于结束日期", attr="from")
    if (last - first).days >= most_days:
        raise InvalidInputError(f"一次最多统计 {most_days} 天", attr="from")
    return Period(first, last)


def months_until(last: dt.date, count: int = 12) -> list[dt.date]:
    """The first days of the last `count` months, the oldest first."""
    number = last.year * 12 + last.month - 1
    return [dt.date(n // 12, n % 12 + 1, 1) for n in range(number - count + 1, number + 1)]


def _day(asked: Mapping[str, str], name: str) -> dt.date | None:
    text = asked.get(name)
    return asked_day(text, attr=name) if text else None


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
