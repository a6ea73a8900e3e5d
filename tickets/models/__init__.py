"""Tickets' tables."""

from tickets.models.daily_count import DailyTicketCount
from tickets.models.event import EventKind, TicketEvent, Visibility
from tickets.models.ticket import Priority, Ticket

__all__ = ["DailyTicketCount", "EventKind", "Priority", "Ticket", "TicketEvent", "Visibility"]
