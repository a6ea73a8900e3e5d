"""What is asked of a report: by whom, for which span, compared with which, narrowed by what."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from django.utils import timezone

from config.errors import InvalidInputError
from customers.actors import Actor
from tickets.history.period import Period, asked_period

MOST_DAYS = 366
DEFAULT_SPAN = "7d"
SPANS = {
    "today": "今天",
    "7d": "近 7 天",
    "30d": "近 30 天",
    "this_month": "本月",
    "last_month": "上月",
}
CUSTOM = "custom"
_ONE_DAY = dt.timedelta(days=1)

T = TypeVar("T")


@dataclass(frozen=True)
class Span:
    """`name` is one of `SPANS`, or `custom`."""

    name: str
    period: Period
    compared: Period


@dataclass(frozen=True)
class Asked:
    """`filters` holds the cleaned values of those that were given."""

    actor: Actor
    span: Span
    filters: Mapping[str, Any] = field(default_factory=dict)
    _answers: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def period(self) -> Period:
        return self.span.period

    @property
    def before(self) -> "Asked":
        """The same question of the span it is compared with."""
        span = replace(self.span, period=self.span.compared)
        return replace(self, span=span, _answers={})

    def once(self, question: "Callable[[Asked], T]") -> T:
        """The answer to what several tables ask; the database is asked once."""
        if question not in self._answers:
            self._answers[question] = question(self)
        answer: T = self._answers[question]
        return answer


def asked_span(given: Mapping[str, str]) -> Span:
    """`period` names a span; else `from` and `to` do. Raises `InvalidInputError` naming the field.

    A month is compared with the month before, as far as this one has come; any other span with as
    many days before it.
    """
    name = given.get("period", "")
    days_named = bool(given.get("from") or given.get("to"))
    if name and name not in (*SPANS, CUSTOM):
        known = "、".join((*SPANS, CUSTOM))
        raise InvalidInputError(f"必须是 {known} 之一", code="invalid_choice", attr="period")
    if name in SPANS and days_named:
        raise InvalidInputError("period 与 from、to 只能给一种", attr="period")
    if name == CUSTOM and not days_named:
        raise InvalidInputError("自选时间须给出 from 或 to", attr="from")
    if days_named:
        period = asked_period(given, default_days=1, most_days=MOST_DAYS)
        return Span(CUSTOM, period, _as_long_before(period))
    return _named(name or DEFAULT_SPAN, timezone.localdate())


def _named(name: str, today: dt.date) -> Span:
    if name == "this_month":
        first = today.replace(day=1)
        before = (first - _ONE_DAY).replace(day=1)
        # The 31st has no like in a shorter month.
        last = min(before + (today - first), first - _ONE_DAY)
        return Span(name, Period(first, today), Period(before, last))
    if name == "last_month":
        last = today.replace(day=1) - _ONE_DAY
        first = last.replace(day=1)
        earlier = first - _ONE_DAY
        return Span(name, Period(first, last), Period(earlier.replace(day=1), earlier))
    days = {"today": 1, "7d": 7, "30d": 30}[name]
    period = Period(today - dt.timedelta(days=days - 1), today)
    return Span(name, period, _as_long_before(period))


def _as_long_before(period: Period) -> Period:
    last = period.first - _ONE_DAY
    return Period(last - (period.last - period.first), last)
