"""Which days a report is about, and what it is compared with."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from monitoring.digest.settings import DAILY, WEEKLY


@dataclass(frozen=True)
class Period:
    """`name` is unique to the period, so that its report is sent once."""

    kind: str
    first: dt.date
    last: dt.date

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.first:%Y-%m-%d}"

    @property
    def before(self) -> "Period":
        length = self.last - self.first + dt.timedelta(days=1)
        return Period(self.kind, self.first - length, self.last - length)

    @property
    def words(self) -> str:
        if self.first == self.last:
            return f"{self.first:%Y-%m-%d}"
        return f"{self.first:%m-%d} 至 {self.last:%m-%d}"


def period_due(setting: str, wanted: dict[str, Any], now: dt.datetime) -> Period | None:
    """The day or week that is over and whose hour of report has come; `now` is local time."""
    if not wanted["enabled"] or f"{now:%H:%M}" < wanted["at"]:
        return None
    today = now.date()
    if setting == DAILY:
        yesterday = today - dt.timedelta(days=1)
        return Period("daily", yesterday, yesterday)
    assert setting == WEEKLY
    if today.isoweekday() != wanted["weekday"]:
        return None
    monday = today - dt.timedelta(days=today.weekday() + 7)
    return Period("weekly", monday, monday + dt.timedelta(days=6))
