"""What else is asked before a ticket moves: areas register their checks, the table comes first."""

from collections.abc import Callable
from datetime import datetime, timedelta

from config.errors import InvalidInputError
from tickets.models import Ticket
from tickets.states import TicketStatus

# Raises `ConflictError` when the ticket may not move there yet.
Check = Callable[[Ticket, TicketStatus], None]

_checks: list[Check] = []
# Clocks add to a deadline: one at the end of all dates could not be moved any more.
FURTHEST = timedelta(days=10 * 366)


def register(check: Check) -> None:
    """Called from an area's registration, once."""
    if check not in _checks:
        _checks.append(check)


def check_move(ticket: Ticket, target: TicketStatus) -> None:
    for check in _checks:
        check(ticket, target)


def check_deadline(deadline: datetime, now: datetime) -> None:
    if deadline < now - FURTHEST:
        raise InvalidInputError("处理期限不能早于十年之前", attr="deadline")
    if deadline > now + FURTHEST:
        raise InvalidInputError("处理期限不能晚于十年之后", attr="deadline")
