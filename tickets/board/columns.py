"""The board's columns: one state each, the newest tickets first."""

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from tickets.models import Ticket
from tickets.states import TicketStatus

SHOWN = 50
# These are opened when somebody wants them; until then their number is enough.
FOLDED = frozenset({TicketStatus.CLOSED, TicketStatus.CANCELLED})


@dataclass(frozen=True)
class Column:
    """`total` counts all of the state, `tickets` are those shown, `has_more` older ones beyond."""

    status: TicketStatus
    total: int
    tickets: list[Ticket]
    has_more: bool


def totals(tickets: QuerySet[Ticket]) -> dict[str, int]:
    """How many are in which state, by one query."""
    counted = tickets.order_by().values("status").annotate(number=Count("pk"))
    return {row["status"]: row["number"] for row in counted}


def columns(tickets: QuerySet[Ticket]) -> list[Column]:
    """Every column with its newest; those that are folded and empty ones without a query."""
    numbers = totals(tickets)
    return [
        column(tickets, status, total=numbers.get(status, 0))
        if numbers.get(status) and status not in FOLDED
        else Column(status, numbers.get(status, 0), [], bool(numbers.get(status)))
        for status in TicketStatus
    ]


def column(
    tickets: QuerySet[Ticket], status: TicketStatus, *, total: int, before: int | None = None
) -> Column:
    """One column's newest tickets, or the newest that are older than number `before`."""
    rows = tickets.filter(status=status).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: SHOWN + 1])
    return Column(status, total, found[:SHOWN], len(found) > SHOWN)
