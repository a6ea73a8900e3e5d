"""Which ticket events are a customer's own doing, so that they count as activity."""

from typing import Any

from django.db import transaction

from config.events.subscribers import first_time, subscribe
from customers.actions.activity import activity_record
from tickets.models import EventKind, TicketEvent

TASK = "tickets.tasks.activity.note_customer_activity"


def subscribe_to_tickets() -> None:
    """Called from `ready()`."""
    subscribe("ticket.created", TASK)
    subscribe("ticket.replied", TASK)


@transaction.atomic
def note_activity(envelope: dict[str, Any]) -> None:
    """A report is the customer's, whoever typed it in; a reply when the customer wrote it."""
    if not first_time("tickets.customer_activity", envelope):
        return
    data = envelope["data"]
    event = (
        TicketEvent.objects.filter(ticket=data["ticket_id"], sequence=data["version"])
        .select_related("ticket")
        .first()
    )
    if event is not None and (event.kind == EventKind.CREATED or event.is_from_customer):
        activity_record(customer_ids=[event.ticket.customer_id], at=event.created_at)
