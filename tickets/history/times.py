"""How long a ticket took, read from its trail: until the first answer, until solved, in each state.

Seconds of the clock on the wall. Time in which the customer was waited for stands apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from django.utils import timezone

from tickets.models import EventKind, Ticket, TicketEvent
from tickets.states import FINISHED, TicketStatus

# Being solved goes on until it is closed or reopened; the last two states end it.
_ENDED = FINISHED - {TicketStatus.RESOLVED}


@dataclass(frozen=True)
class ProcessingTimes:
    """`in_states` holds each state the ticket has been in, without the waiting for the customer."""

    to_response_seconds: float | None
    to_resolution_seconds: float | None
    waiting_seconds: float = 0
    in_states: dict[str, float] = field(default_factory=dict)


def times_of(ticket: Ticket) -> ProcessingTimes:
    return times_of_many([ticket])[ticket.pk]


def times_of_many(tickets: Sequence[Ticket]) -> dict[int, ProcessingTimes]:
    """By ticket, with one query for all of them."""
    events = (
        TicketEvent.objects.filter(ticket__in=[ticket.pk for ticket in tickets])
        .order_by("ticket_id", "sequence")
        .only("ticket_id", "kind", "from_value", "before", "changes", "created_at")
    )
    trails = {pk: list(rows) for pk, rows in groupby(events, key=lambda row: row.ticket_id)}
    now = timezone.now()
    return {ticket.pk: _times(ticket, trails.get(ticket.pk, []), now) for ticket in tickets}


def _times(ticket: Ticket, trail: Sequence[TicketEvent], now: datetime) -> ProcessingTimes:
    """Backwards from what the ticket is now: each event says what was before it."""
    in_states: dict[str, float] = {}
    waited = 0.0
    until, status, is_waiting = now, ticket.status, ticket.waiting_since is not None

    def stood_since(moment: datetime) -> None:
        nonlocal until, waited
        seconds = max((until - moment).total_seconds(), 0)
        until = min(until, moment)
        if is_waiting:
            waited += seconds
        elif status not in _ENDED:
            in_states[status] = in_states.get(status, 0) + seconds

    for event in reversed(trail):
        left = _left_status(event)
        if left is None and "waiting_since" not in event.before:
            continue
        stood_since(event.created_at)
        status = left or status
        if "waiting_since" in event.before:
            is_waiting = event.before["waiting_since"] is not None
    stood_since(ticket.created_at)
    return ProcessingTimes(
        to_response_seconds=_between(ticket.created_at, ticket.responded_at),
        to_resolution_seconds=_between(ticket.created_at, ticket.resolved_at),
        waiting_seconds=waited,
        in_states=dict(reversed(in_states.items())),
    )


def _left_status(event: TicketEvent) -> str | None:
    """The state that this event ended; older events have no memory but their words."""
    if "status" in event.before:
        return str(event.before["status"])
    if event.kind == EventKind.STATUS:
        return event.from_value or None
    change = event.changes.get("status") if event.kind == EventKind.ASSIGNED else None
    return str(change[0]) if change else None


def _between(start: datetime, end: datetime | None) -> float | None:
    return max((end - start).total_seconds(), 0) if end is not None else None
