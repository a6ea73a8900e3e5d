"""Today's ticket counts and the day before's: the variables of the daily reminder (seed 002)."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from messaging import variables
from tickets.models import DailyTicketCount, Ticket
from tickets.states import TicketStatus


@dataclass(frozen=True)
class Counts:
    """`pending`: nobody works on them yet; `resolved`: within the last 24 hours."""

    pending: int
    processing: int
    resolved: int


def counts_now() -> Counts:
    found = Ticket.objects.aggregate(
        pending=Count("pk", Q(status__in=[TicketStatus.PENDING, TicketStatus.ASSIGNED])),
        processing=Count("pk", Q(status__in=[TicketStatus.PROCESSING, TicketStatus.ESCALATED])),
        resolved=Count("pk", Q(resolved_at__gt=timezone.now() - dt.timedelta(days=1))),
    )
    return Counts(**found)


def keep_day(day: dt.date | None = None) -> DailyTicketCount:
    """Keeps the counts of now as those of `day`, yesterday unless told; run twice, it counts anew."""
    found = counts_now()
    row, _ = DailyTicketCount.objects.update_or_create(
        date=day or timezone.localdate() - dt.timedelta(days=1),
        defaults={
            "pending": found.pending,
            "processing": found.processing,
            "resolved": found.resolved,
        },
    )
    return row


def shown(name: str) -> str:
    """`5 ↑`: the count, and how it compares with the day before; `→` without a day before."""
    today: int = getattr(counts_now(), name)
    before = (
        DailyTicketCount.objects.filter(date__lt=timezone.localdate()).order_by("-date").first()
    )
    return variables.with_arrow(today, getattr(before, name) if before else today)


def register_variables() -> None:
    variables.register("pending_tickets", lambda: shown("pending"))
    variables.register("processing_tickets", lambda: shown("processing"))
    variables.register("resolved_tickets", lambda: shown("resolved"))
