"""What was done for a customer in a span of days: the service report.

It tells of the tickets made in that span, as they are now. A fixed number of queries, however many
tickets there are.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer
from tickets.history.durations import Spread, spread_until
from tickets.history.period import Period, months_until
from tickets.models import (
    Priority,
    ReminderKind,
    SlaState,
    SlaStep,
    Ticket,
    TicketRating,
    TicketReminder,
)
from tickets.states import OPEN, TicketStatus
from tickets.visibility import tickets_visible_to

SHOWN_PRODUCTS = 20
SHOWN_COMMENTS = 10
BREACH_PERCENT = 100
_SOLVED = frozenset({TicketStatus.RESOLVED, TicketStatus.CLOSED})


@dataclass(frozen=True)
class Satisfaction:
    """`distribution` is by score, 1–5; `comments` the latest with words."""

    count: int
    average: float | None
    distribution: dict[int, int]
    comments: list[TicketRating]


@dataclass(frozen=True)
class Month:
    """What came in and what was solved, whenever it had come in."""

    month: dt.date
    created: int
    resolved: int


@dataclass(frozen=True)
class ProductCount:
    product: str
    count: int


@dataclass(frozen=True)
class ServiceReport:
    customer: Customer
    period: Period
    total: int
    open: int
    solved: int
    cancelled: int
    reopened: int
    sla_kept: int
    sla_breached: int
    by_status: dict[str, int]
    by_priority: dict[str, int]
    by_product: list[ProductCount]
    months: list[Month]
    response: Spread
    resolution: Spread
    satisfaction: Satisfaction
    reminders: int

    @property
    def sla_rate(self) -> float | None:
        """The share of those decided that was kept, 0–1."""
        decided = self.sla_kept + self.sla_breached
        return self.sla_kept / decided if decided else None


def service_report(customer: Customer, period: Period, actor: Actor) -> ServiceReport:
    """Of the tickets of `customer` that `actor` may see."""
    all_of_them = tickets_visible_to(actor).filter(customer=customer).order_by()
    tickets = all_of_them.filter(created_at__gte=period.start, created_at__lt=period.end)
    # A duplicate is a ticket, but neither quick nor slow.
    worked = tickets.filter(merged_into=None).exclude(status=TicketStatus.CANCELLED)
    return ServiceReport(
        customer=customer,
        period=period,
        **_counts(tickets),
        by_priority={
            **dict.fromkeys(Priority.values, 0),
            **dict(tickets.values_list("priority").annotate(count=Count("pk"))),
        },
        by_product=_products(tickets),
        months=_months(all_of_them, period),
        response=spread_until(worked, "responded_at"),
        resolution=spread_until(worked.filter(status__in=_SOLVED), "resolved_at"),
        satisfaction=_satisfaction(tickets),
        reminders=TicketReminder.objects.filter(
            ticket__in=tickets.values("pk"), kind=ReminderKind.OVERDUE
        ).count(),
    )


def breached(now: dt.datetime) -> Q:
    """Tickets that missed a target of theirs, in whichever cycle."""
    steps = SlaStep.objects.filter(ticket=OuterRef("pk"), percent__gte=BREACH_PERCENT)
    return (
        Q(sla_state=SlaState.BREACHED)
        | Q(resolved_at__gt=F("deadline"))
        | Q(status__in=OPEN, deadline__lt=now)
        | Q(Exists(steps))
    )


def decided(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """With `missed`, whether a target was; what was cancelled or merged promised nothing."""
    return tickets.annotate(
        missed=Q(merged_into=None) & ~Q(status=TicketStatus.CANCELLED) & breached(timezone.now()),
    )


def kept() -> Q:
    """Of `decided` tickets, those solved in time."""
    return Q(missed=False, status__in=_SOLVED, merged_into=None)


def _counts(tickets: QuerySet[Ticket]) -> dict[str, Any]:
    by_status = {status: Count("pk", Q(status=status)) for status in TicketStatus.values}
    found = decided(tickets).aggregate(
        total=Count("pk"),
        open=Count("pk", Q(status__in=OPEN)),
        solved=Count("pk", Q(status__in=_SOLVED)),
        reopened=Count("pk", Q(cycle__gt=1)),
        sla_kept=Count("pk", kept()),
        sla_breached=Count("pk", Q(missed=True)),
        **{f"status_{name}": count for name, count in by_status.items()},
    )
    statuses = {name: found.pop(f"status_{name}") for name in by_status}
    return {**found, "cancelled": statuses[TicketStatus.CANCELLED], "by_status": statuses}


def _products(tickets: QuerySet[Ticket]) -> list[ProductCount]:
    rows = tickets.values_list("product").annotate(count=Count("pk")).order_by("-count", "product")
    return [ProductCount(product, count) for product, count in rows[:SHOWN_PRODUCTS]]


def _months(tickets: QuerySet[Ticket], period: Period) -> list[Month]:
    """The twelve up to the last of the span, those with nothing too."""
    months = months_until(period.last)
    since = Period(months[0], period.last)

    def counted(field: str) -> dict[dt.date, int]:
        span = {f"{field}__gte": since.start, f"{field}__lt": since.end}
        rows = tickets.filter(**span).annotate(month=TruncMonth(field)).values_list("month")
        return {moment.date(): count for moment, count in rows.annotate(count=Count("pk"))}

    created, resolved = counted("created_at"), counted("resolved_at")
    return [Month(day, created.get(day, 0), resolved.get(day, 0)) for day in months]


def _satisfaction(tickets: QuerySet[Ticket]) -> Satisfaction:
    ratings = TicketRating.objects.filter(ticket__in=tickets.values("pk")).order_by()
    by_score = {str(score): Count("pk", Q(score=score)) for score in range(1, 6)}
    found = ratings.aggregate(count=Count("pk"), average=Avg("score"), **by_score)
    comments = ratings.exclude(comment="").select_related("ticket").order_by("-created_at", "-pk")
    return Satisfaction(
        count=found["count"],
        average=found["average"],
        distribution={score: found[str(score)] for score in range(1, 6)},
        comments=list(comments[:SHOWN_COMMENTS]),
    )
