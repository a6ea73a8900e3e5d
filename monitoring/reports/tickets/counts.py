"""What the ticket report counts beside the team's statistics: clocks, the pile, what is late."""

import datetime as dt
from bisect import bisect_right
from itertools import accumulate

from django.db.models import Case, F, QuerySet, When
from django.utils import timezone

from monitoring.reports.asked import Asked
from monitoring.reports.choices import of_people
from tickets.history.durations import Spread, spread_of, spread_until
from tickets.history.period import Period
from tickets.history.statistics import (
    SOLVED,
    Figures,
    counted_by_day,
    totals_of,
    worked_in,
)
from tickets.models import Clock, SlaPolicyVersion, Ticket
from tickets.states import FINISHED, OPEN, TicketStatus
from tickets.visibility import tickets_visible_to
from tickets.working_time.clock import Timetable, timetable

_COLUMNS = {
    "priority": "priority",
    "product": "product",
    "stage": "project__stage",
    "entry": "entry",
}
_ONE_DAY = dt.timedelta(days=1)


def tickets_asked(asked: Asked) -> QuerySet[Ticket]:
    tickets = of_people(tickets_visible_to(asked.actor), asked, "assignee", "assignee")
    chosen = {
        column: asked.filters[name] for name, column in _COLUMNS.items() if name in asked.filters
    }
    return tickets.filter(**chosen)


def totals(asked: Asked) -> Figures:
    return totals_of(tickets_asked(asked), asked.period)


def created_by_day(asked: Asked) -> dict[dt.date, int]:
    return counted_by_day(tickets_asked(asked), asked.period, "created_at")


def resolved_by_day(asked: Asked) -> dict[dt.date, int]:
    """Whenever they were made."""
    return counted_by_day(tickets_asked(asked), asked.period, "resolved_at")


def closed_by_day(asked: Asked) -> dict[dt.date, int]:
    return counted_by_day(tickets_asked(asked), asked.period, "closed_at")


def overdue_now(asked: Asked) -> int:
    """Open, and past their deadline at this moment."""
    return late(asked).count()


def late(asked: Asked) -> QuerySet[Ticket]:
    return tickets_asked(asked).filter(status__in=OPEN, deadline__lt=timezone.now()).order_by()


def pile_by_day(asked: Asked) -> dict[dt.date, int]:
    """How many were open at the end of each day, told from how the tickets stand now.

    Counted back from the open ones: less what has come since, with what has ended since. A ticket
    that was reopened counts as open all the while. Three queries.
    """
    tickets = tickets_asked(asked).order_by()
    ended_at = Case(
        When(status=TicketStatus.CANCELLED, then=F("updated_at")), default=F("resolved_at")
    )
    ended = tickets.filter(status__in=FINISHED).annotate(ended_at=ended_at)
    until = max(asked.period.last, timezone.localdate())
    since = Period(asked.period.first, until)
    came = counted_by_day(tickets, since, "created_at")
    went = counted_by_day(ended, since, "ended_at")
    pile = tickets.filter(status__in=OPEN).count()
    found: dict[dt.date, int] = {}
    for day in reversed(since.days):
        found[day] = max(pile, 0)
        pile += went.get(day, 0) - came.get(day, 0)
    return found


def plain_response(asked: Asked) -> Spread:
    return spread_until(worked_in(tickets_asked(asked), asked.period), "responded_at")


def plain_resolution(asked: Asked) -> Spread:
    worked = worked_in(tickets_asked(asked), asked.period)
    return spread_until(worked.filter(status__in=SOLVED), "resolved_at")


def by_their_clocks(asked: Asked) -> tuple[Spread, Spread]:
    """First answer and solution by the clock of each ticket's service level.

    Working time where the policy's version says so, from where its clock began (the time that the
    customer was waited for is not counted); plain time for all others. Two queries.
    """
    working = {
        (policy, version)
        for policy, version, rules in SlaPolicyVersion.objects.values_list(
            "policy", "version", "rules"
        )
        if rules.get("clock") == Clock.WORKING
    }
    rows = worked_in(tickets_asked(asked), asked.period).values_list(
        *("created_at", "sla_started_at", "responded_at", "resolved_at", "status"),
        *("sla_policy", "sla_version"),
    )
    now = timezone.now()
    gauge = Gauge(timetable(), timezone.localtime(asked.period.start), timezone.localtime(now))
    answers: list[float] = []
    solutions: list[float] = []
    for made, began, responded, resolved, status, policy, version in rows.iterator(chunk_size=5000):
        is_working = (policy, version) in working
        start = began or made if is_working else made
        for end, found in (
            (responded, answers),
            (resolved if status in SOLVED else None, solutions),
        ):
            if end is not None:
                seconds = gauge.between(start, end) if is_working else (end - start).total_seconds()
                found.append(max(seconds, 0.0))
    return spread_of(answers), spread_of(solutions)


class Gauge:
    """Working seconds between any two moments of a span, whose hours are walked only once."""

    def __init__(self, table: Timetable, first: dt.datetime, last: dt.datetime) -> None:
        spans = [(opens.timestamp(), closes.timestamp())
                 for opens, closes in table.spans_within(first, last)]  # fmt: skip
        self._is_plain = table.week.is_empty
        self._opens = [opens for opens, _ in spans]
        self._closes = [closes for _, closes in spans]
        self._before = [0.0, *accumulate(closes - opens for opens, closes in spans)]

    def between(self, start: dt.datetime, end: dt.datetime) -> float:
        if self._is_plain:
            return (end - start).total_seconds()
        return self._passed(end.timestamp()) - self._passed(start.timestamp())

    def _passed(self, moment: float) -> float:
        place = bisect_right(self._opens, moment) - 1
        if place < 0:
            return 0.0
        return self._before[place] + min(moment, self._closes[place]) - self._opens[place]


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
