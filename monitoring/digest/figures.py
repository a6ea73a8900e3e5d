"""What a report tells: of each day messages, tickets, chats and customers, from what is kept."""

import datetime as dt
from dataclasses import dataclass, fields

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from customers.models import DailyCustomerStatistic
from messaging.statistics.figures import Figures
from messaging.statistics.rows import day_bounds, kept_days
from tickets.models import ChatHourStatistic, Ticket
from tickets.states import OPEN


@dataclass
class Day:
    """Counts that can be added up."""

    messages: int = 0
    sent: int = 0
    failed: int = 0
    tickets_created: int = 0
    tickets_resolved: int = 0
    chats: int = 0
    chats_answered: int = 0
    rated: int = 0
    rating_sum: int = 0
    customers_new: int = 0
    customers_lost: int = 0

    def add(self, other: "Day") -> None:
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))


@dataclass(frozen=True)
class Now:
    """How things stand at the moment of the report."""

    tickets_open: int
    tickets_overdue: int
    customers_total: int


def days_between(first: dt.date, last: dt.date) -> dict[dt.date, Day]:
    """Every day of the span, also those with nothing; both ends count."""
    found = {first + dt.timedelta(days=n): Day() for n in range((last - first).days + 1)}
    for date, slots in kept_days(first, last).items():
        whole = Figures()
        for figures in slots.values():
            whole.add(figures)
        day = found[date]
        day.messages, day.sent, day.failed = whole.total, whole.arrived, whole.failed
    start, end = day_bounds(first)[0], day_bounds(last)[1]
    _add_tickets(found, start, end)
    _add_chats(found, start, end)
    for row in DailyCustomerStatistic.objects.filter(date__gte=first, date__lte=last):
        found[row.date].customers_new, found[row.date].customers_lost = row.new, row.lost
    return found


def summed(days: dict[dt.date, Day]) -> Day:
    whole = Day()
    for day in days.values():
        whole.add(day)
    return whole


def now() -> Now:
    counts = Ticket.objects.filter(status__in=OPEN).aggregate(
        open=Count("pk"), overdue=Count("pk", Q(deadline__lt=timezone.now()))
    )
    newest = DailyCustomerStatistic.objects.order_by("-date").first()
    return Now(counts["open"], counts["overdue"], newest.total if newest else 0)


def _add_tickets(found: dict[dt.date, Day], start: dt.datetime, end: dt.datetime) -> None:
    for column, name in (("created_at", "tickets_created"), ("resolved_at", "tickets_resolved")):
        within = {f"{column}__gte": start, f"{column}__lt": end}
        rows = Ticket.objects.filter(**within).annotate(day=TruncDate(column)).order_by()
        for date, count in rows.values_list("day").annotate(Count("pk")):
            setattr(found[date], name, count)


def _add_chats(found: dict[dt.date, Day], start: dt.datetime, end: dt.datetime) -> None:
    hours = ChatHourStatistic.objects.filter(entry="", agent=None, hour__gte=start, hour__lt=end)
    rows = hours.annotate(day=TruncDate("hour")).order_by().values("day")
    for row in rows.annotate(
        asked=Sum("asked"), assigned=Sum("assigned"), rated=Sum("rated"), scores=Sum("rating_sum")
    ):
        day = found[row["day"]]
        day.chats, day.chats_answered = row["asked"], row["assigned"]
        day.rated, day.rating_sum = row["rated"], row["scores"]
