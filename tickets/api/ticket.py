"""The ticket that a path names."""

from django.shortcuts import get_object_or_404

from customers.actors import Actor
from tickets.models import Ticket
from tickets.queries.tickets import tickets_for


def ticket_of(pk: int, actor: Actor) -> Ticket:
    """With its customer and assignee; a 404 when it is not within the caller's view."""
    return get_object_or_404(tickets_for(actor), pk=pk)
