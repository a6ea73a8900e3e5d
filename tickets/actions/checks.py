"""What else is asked before a ticket moves: areas register their checks, the table comes first."""

from collections.abc import Callable

from tickets.models import Ticket
from tickets.states import TicketStatus

# Raises `ConflictError` when the ticket may not move there yet.
Check = Callable[[Ticket, TicketStatus], None]

_checks: list[Check] = []


def register(check: Check) -> None:
    """Called from an area's registration, once."""
    if check not in _checks:
        _checks.append(check)


def check_move(ticket: Ticket, target: TicketStatus) -> None:
    for check in _checks:
        check(ticket, target)
