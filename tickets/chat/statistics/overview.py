"""The whole desk's figures: in all, by hour of the day, by day, by entry."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from tickets.chat.entries import registry
from tickets.chat.statistics.figures import Figures
from tickets.chat.statistics.reading import read
from tickets.history.period import Period

MOST_DAYS = 92


@dataclass(frozen=True)
class Hour:
    """One hour of one day; `hour` is when it begins."""

    hour: dt.datetime
    figures: Figures


@dataclass(frozen=True)
class Part:
    """The figures of an hour of the day (0–23), a day, or an entry."""

    key: str
    label: str
    figures: Figures


@dataclass(frozen=True)
class Overview:
    """`by_hour` has 24 parts, each of that hour of all the days; `by_day` one a day."""

    period: Period
    totals: Figures
    by_hour: list[Part]
    by_day: list[Part]
    by_entry: list[Part]


def hours_of(period: Period, *, entry: str = "") -> list[Hour]:
    """Every hour of the span up to the present one, of all entries or of one."""
    return [Hour(hour, figures) for hour, figures in read(period).hours(entry)]


def overview(period: Period, *, entry: str = "") -> Overview:
    """A fixed number of queries, however many chats there were."""
    reading = read(period)
    nothing = Figures()
    by_hour = {place: Figures() for place in range(24)}
    by_day = {day: Figures() for day in period.days if day <= timezone.localdate()}
    for hour, figures in reading.hours(entry):
        local = timezone.localtime(hour)
        if figures != nothing:
            by_hour[local.hour].include(figures)
            by_day[local.date()].include(figures)
    totals = Figures()
    for figures in by_hour.values():
        totals.include(figures)
    return Overview(
        period=period,
        totals=totals,
        by_hour=[Part(str(place), f"{place}:00", found) for place, found in by_hour.items()],
        by_day=[Part(f"{day}", f"{day:%m-%d}", found) for day, found in by_day.items()],
        by_entry=[
            Part(code, registry.label(code), found)
            for code, found in sorted(reading.by_entry().items())
        ],
    )
