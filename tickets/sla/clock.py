"""The ticket's clocks: set, moved, stopped by the acts that change what was promised.

Each takes a locked ticket that its caller saves.
"""

from datetime import datetime, timedelta

from config.runtime import store
from tickets.models import Ticket


def start(ticket: Ticket, now: datetime, *, keep_deadline: bool = False) -> None:
    """A new ticket's due times; a deadline that somebody named stays (`keep_deadline`)."""
    if not keep_deadline:
        hours = store.get_int("ticket.default_deadline_hours")
        ticket.deadline = now + timedelta(hours=hours)


def restart(ticket: Ticket, now: datetime) -> None:
    """Reopened: another cycle, whose clocks begin now, or it would be overdue at once."""
    ticket.cycle += 1
    ticket.reminder_count = 0
    ticket.last_reminder_at = None
    hours = store.get_int("ticket.default_deadline_hours")
    ticket.deadline = max(ticket.deadline, now + timedelta(hours=hours))


def recalculate(ticket: Ticket, now: datetime, *, keep_deadline: bool = False) -> None:
    """Priority, product or deadline changed: another promise may hold."""


def pause(ticket: Ticket, now: datetime) -> None:
    """The customer is to answer."""
    ticket.waiting_since = now


def resume(ticket: Ticket, now: datetime) -> None:
    """The customer answered, or somebody goes on: what was left of the time is left now."""
    if ticket.waiting_since is None:
        return
    ticket.deadline += now - ticket.waiting_since
    ticket.waiting_since = None


def stop(ticket: Ticket, now: datetime) -> None:
    """Resolved, closed or cancelled: no step is due any more."""
    ticket.sla_check_at = None
