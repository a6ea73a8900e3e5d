"""Reading tickets."""

from typing import TypedDict

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer
from tickets.models import Priority, Ticket, TicketEvent, Visibility
from tickets.states import FINISHED, OPEN, TicketStatus
from tickets.visibility import tickets_visible_to

RECENT = 5
PRODUCTS = 50

# By weight, where the alphabet would put `high` first and `urgent` last.
PRIORITY_RANK = Case(
    *(When(priority=priority, then=Value(rank)) for rank, priority in enumerate(Priority)),
    output_field=IntegerField(),
)


class Summary(TypedDict):
    """contract.md §3, `GET /api/customers/{id}/tickets/summary`."""

    customer: Customer
    total_tickets: int
    pending_tickets: int
    resolved_tickets: int
    recent_tickets: list[Ticket]
    products: list[str]


def tickets_for(actor: Actor) -> QuerySet[Ticket]:
    """What a list shows: newest first, with customer and assignee in the same query."""
    return tickets_visible_to(actor).select_related("customer", "assignee").order_by("-id")


def tickets_overdue(tickets: QuerySet[Ticket], *, overdue: bool) -> QuerySet[Ticket]:
    rule = Q(status__in=OPEN, deadline__lt=timezone.now())
    return tickets.filter(rule) if overdue else tickets.exclude(rule)


def events_of(ticket: Ticket, actor: Actor) -> QuerySet[TicketEvent]:
    """A ticket's trail, oldest first; customers get what is public."""
    events = ticket.events.order_by("sequence")
    return events if actor.is_team else events.filter(visibility=Visibility.PUBLIC)


def customer_summary(customer: Customer, actor: Actor) -> Summary:
    """Counts over the tickets that `actor` may see; pending are all open ones (seed 001)."""
    tickets = tickets_for(actor).filter(customer=customer)
    counts = tickets.order_by().aggregate(
        total=Count("id"),
        open=Count("id", filter=Q(status__in=OPEN)),
        resolved=Count("id", filter=Q(status__in=FINISHED - {TicketStatus.CANCELLED})),
    )
    products = tickets.exclude(product="").order_by("product").values_list("product", flat=True)
    return Summary(
        customer=customer,
        total_tickets=counts["total"],
        pending_tickets=counts["open"],
        resolved_tickets=counts["resolved"],
        recent_tickets=list(tickets[:RECENT]),
        products=list(products.distinct()[:PRODUCTS]),
    )
