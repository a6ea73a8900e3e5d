"""What tickets hold of a person; their number, states and times stay for the statistics."""

from typing import Any

from django.db.models import Q

from customers import personal_data
from customers.actors import Actor
from customers.models import Customer
from customers.personal_data.scrub import scrub
from customers.personal_data.subject import Subject
from tickets.models import Ticket, TicketEvent, Visibility

GONE = "（已删除）"


def register() -> None:
    personal_data.register("tickets", _collect, _erase, tables={Ticket, TicketEvent})


def _collect(customer: Customer, actor: Actor) -> dict[str, Any]:
    """With their trail; what colleagues wrote for themselves is the team's."""
    tickets = Ticket.objects.filter(customer=customer).order_by("pk")
    events = TicketEvent.objects.filter(ticket__customer=customer).order_by("ticket", "sequence")
    if not actor.is_team:
        events = events.filter(visibility=Visibility.PUBLIC)
    return {
        "tickets": list(
            tickets.values(
                *("id", "title", "description", "product", "status", "priority", "created_at"),
                "resolved_at",
            )
        ),
        "ticket_events": list(
            events.values(
                *("ticket_id", "kind", "from_value", "to_value", "content", "actor_name"),
                "created_at",
            )
        ),
    }


def _erase(customer: Customer, subject: Subject) -> None:
    Ticket.objects.filter(customer=customer).update(title=GONE, description=GONE)
    events = TicketEvent.objects.filter(ticket__customer=customer)
    events.update(content="", changes={})
    scrub(events, subject, (*subject.marks, subject.name), "from_value", "to_value")
    own = Q(actor=None, actor_name=subject.name, ticket__customer=customer)
    if subject.login_id is not None:
        own |= Q(actor=subject.login_id)
    TicketEvent.objects.filter(own).update(actor_name=subject.pseudonym)
    scrub(Ticket.objects.all(), subject, subject.marks, "title", "description")
    scrub(TicketEvent.objects.all(), subject, subject.marks, "content", "changes")
