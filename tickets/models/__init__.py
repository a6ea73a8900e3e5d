"""Tickets' tables."""

from tickets.models.event import EventKind, TicketEvent, Visibility
from tickets.models.ticket import Priority, Ticket

__all__ = ["EventKind", "Priority", "Ticket", "TicketEvent", "Visibility"]
