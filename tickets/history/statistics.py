"""The team's tickets of a span of days: by colleague, by product, by day; for administrators.

A fixed number of queries; the tickets made in the span, as they are now, and those solved in it.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet
from django.db.models.functions import TruncDate

from customers.models import User
from tickets.history.durations import Spread, spread_until
from tickets.history.period import Period
from tickets.history.report import decided, kept
from tickets.models import Ticket, TicketRating
from tickets.states import OPEN, TicketStatus

SHOWN = 100
SOLVED = frozenset({TicketStatus.RESOLVED, TicketStatus.CLOSED})

_RATED = {"rated": Count("pk"), "satisfaction": Avg("score")}


@dataclass
class Figures:
    """Averages are in seconds; `satisfaction` is the average score of `rated` ratings."""

    key: str
    label: str
    total: int = 0
    open: int = 0
    solved: int = 0
    reopened: int = 0
    sla_kept: int = 0
    sla_breached: int = 0
    average_response: float | None = None
    average_resolution: float | None = None
    rated: int = 0
    satisfaction: float | None = None


@dataclass(frozen=True)
class Day:
    date: dt.date
    created: int
    resolved: int


@dataclass(frozen=True)
class TeamStatistics:
    """`by_assignee` and `by_product` begin with the most tickets; a key of `""` is nobody, none."""

    period: Period
    totals: Figures
    response: Spread
    resolution: Spread
    by_assignee: list[Figures] = field(default_factory=list)
    by_product: list[Figures] = field(default_factory=list)
    by_day: list[Day] = field(default_factory=list)


def team_statistics(tickets: QuerySet[Ticket], period: Period) -> TeamStatistics:
    worked = worked_in(tickets, period)
    return TeamStatistics(
        period=period,
        totals=totals_of(tickets, period),
        response=spread_until(worked, "responded_at"),
        resolution=spread_until(worked.filter(status__in=SOLVED), "resolved_at"),
        by_assignee=figures_by_assignee(tickets, period),
        by_product=figures_by(tickets, period, "product", lambda product: product or "未填写"),
        by_day=_by_day(tickets, period),
    )


def made_in(tickets: QuerySet[Ticket], period: Period) -> QuerySet[Ticket]:
    return tickets.order_by().filter(created_at__gte=period.start, created_at__lt=period.end)


def worked_in(tickets: QuerySet[Ticket], period: Period) -> QuerySet[Ticket]:
    """Those made in the span whose times say something."""
    made = made_in(tickets, period)
    return made.filter(merged_into=None).exclude(status=TicketStatus.CANCELLED)


def totals_of(tickets: QuerySet[Ticket], period: Period) -> Figures:
    """Two queries."""
    made = made_in(tickets, period)
    totals = Figures(key="", label="合计", **_plain(decided(made).aggregate(**_figures())))
    _add(totals, _ratings(made).aggregate(**_RATED))
    return totals


def _figures() -> dict[str, Any]:
    solved = Q(status__in=SOLVED, merged_into=None)
    return {
        "total": Count("pk"),
        "open": Count("pk", Q(status__in=OPEN)),
        "solved": Count("pk", Q(status__in=SOLVED)),
        "reopened": Count("pk", Q(cycle__gt=1)),
        "sla_kept": Count("pk", kept()),
        "sla_breached": Count("pk", Q(missed=True)),
        "average_response": Avg(F("responded_at") - F("created_at"), filter=Q(merged_into=None)),
        "average_resolution": Avg(F("resolved_at") - F("created_at"), filter=solved),
    }


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    """Intervals as seconds."""
    return {
        name: value.total_seconds() if isinstance(value, dt.timedelta) else value
        for name, value in found.items()
    }


def _add(figures: Figures, found: dict[str, Any]) -> None:
    figures.rated, figures.satisfaction = found["rated"], found["satisfaction"]


def _ratings(made: QuerySet[Ticket]) -> QuerySet[TicketRating]:
    return TicketRating.objects.filter(ticket__in=made.values("pk")).order_by()


def figures_by_assignee(tickets: QuerySet[Ticket], period: Period) -> list[Figures]:
    """A rating counts for who had the ticket when it was given. Three queries."""
    made = made_in(tickets, period)
    marks: Any = _ratings(made).values("assignee").annotate(**_RATED)
    given = {row["assignee"]: row for row in marks}
    rows = list(_most(decided(made).values("assignee")))
    people = User.objects.in_bulk([row["assignee"] for row in rows if row["assignee"]])
    found = []
    for row in rows:
        person = people.get(row.pop("assignee"))
        name = (person.wecom_user_id or person.username) if person else ""
        figures = Figures(
            key=name, label=person.display_name if person else "未分配", **_plain(row)
        )
        if mark := given.get(person.pk if person else None):
            _add(figures, mark)
        found.append(figures)
    return found


def figures_by(
    tickets: QuerySet[Ticket], period: Period, field: str, label: Callable[[Any], str]
) -> list[Figures]:
    """By the values of a column of the tickets'; two queries."""
    made = made_in(tickets, period)
    ratings: Any = _ratings(made).values(f"ticket__{field}").annotate(**_RATED)
    given = {row[f"ticket__{field}"]: row for row in ratings}
    found = []
    for row in _most(decided(made).values(field)):
        value = row.pop(field)
        figures = Figures(key=value or "", label=label(value), **_plain(row))
        if mark := given.get(value):
            _add(figures, mark)
        found.append(figures)
    return found


def _most(groups: Any) -> Iterable[dict[str, Any]]:
    rows: Iterable[dict[str, Any]] = groups.annotate(**_figures()).order_by("-total")[:SHOWN]
    return rows


def counted_by_day(tickets: QuerySet[Ticket], period: Period, moment: str) -> dict[dt.date, int]:
    """How many had that moment on each day; a day without any is not there."""
    span = {f"{moment}__gte": period.start, f"{moment}__lt": period.end}
    rows = tickets.order_by().filter(**span).annotate(day=TruncDate(moment)).values_list("day")
    return dict(rows.annotate(count=Count("pk")))


def _by_day(tickets: QuerySet[Ticket], period: Period) -> list[Day]:
    created = counted_by_day(tickets, period, "created_at")
    resolved = counted_by_day(tickets, period, "resolved_at")
    return [Day(day, created.get(day, 0), resolved.get(day, 0)) for day in period.days]
