"""The figures of a span of days: kept hours from their rows, the hours after them counted now."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from tickets.chat.statistics.counting import Counted, count_span
from tickets.chat.statistics.figures import Figures, figures_of
from tickets.chat.statistics.rollup import HOUR, hour_of, kept_until
from tickets.history.period import Period
from tickets.models import ChatHourStatistic
from tickets.models.chat.statistic import NUMBERS, SECONDS


@dataclass(frozen=True)
class Reading:
    """`kept` is until when rows are read; `counted` is what came after."""

    period: Period
    kept: dt.datetime
    counted: Counted

    def hours(self, entry: str = "") -> Iterator[tuple[dt.datetime, Figures]]:
        """Every hour of the span up to the present one, of all entries or of one."""
        rows = self._rows().filter(entry=entry, agent=None).defer("counted_at")
        found = {row.hour: figures_of(row) for row in rows}
        for grain, figures in self.counted.items():
            if grain.agent is None and grain.entry == entry:
                found[grain.hour] = figures
        hour, end = self.period.start, min(self.period.end, timezone.now())
        while hour < end:
            yield hour, found.get(hour) or Figures()
            hour += HOUR

    def by_agent(self) -> dict[int, Figures]:
        """Without medians: the database adds the hours up."""
        found = _summed(self._rows().filter(agent__isnull=False), "agent")
        for grain, figures in self.counted.items():
            if grain.agent is not None:
                found.setdefault(grain.agent, Figures()).add(**figures.numbers())
        return found

    def days_of_agents(self, agents: Collection[int]) -> dict[dt.date, Figures]:
        """What these had on each day together; a day without anything is not there."""
        rows = self._rows().filter(agent__in=agents).annotate(day=TruncDate("hour"))
        found = _summed(rows, "day")
        for grain, figures in self.counted.items():
            if grain.agent in agents:
                day = timezone.localdate(grain.hour)
                found.setdefault(day, Figures()).add(**figures.numbers())
        return found

    def by_entry(self) -> dict[str, Figures]:
        """The same for each entry that was used."""
        found = _summed(self._rows().filter(agent=None).exclude(entry=""), "entry")
        for grain, figures in self.counted.items():
            if grain.entry:
                found.setdefault(grain.entry, Figures()).add(**figures.numbers())
        return found

    def _rows(self) -> QuerySet[ChatHourStatistic]:
        return ChatHourStatistic.objects.filter(hour__gte=self.period.start, hour__lt=self.kept)


def read(period: Period) -> Reading:
    kept = max(period.start, min(kept_until() or period.start, period.end))
    last = min(period.end, hour_of(timezone.now()) + HOUR)
    return Reading(period, kept, count_span(kept, last) if kept < last else {})


def _summed(rows: QuerySet[ChatHourStatistic], by: str) -> dict[Any, Figures]:
    # Under other names than the columns': those would stand for the columns themselves.
    sums = {f"sum_{name}": Sum(name) for name in (*NUMBERS, *SECONDS)}
    found: dict[Any, Figures] = {}
    for row in rows.order_by().values(by).annotate(**sums):
        found[row[by]] = Figures(**{name: row[f"sum_{name}"] for name in (*NUMBERS, *SECONDS)})
    return found
