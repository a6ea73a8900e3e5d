"""Celery's doors into presence and dispatch.

What is decided here depends on how things are now, not on the event: an envelope that comes twice
finds the ticket given away, so these need not remember what they have heard.
"""

from contextlib import suppress
from typing import Any

from celery import shared_task

from config.errors import NotFoundError
from customers.actors import system_actor
from tickets.dispatch.actions import ticket_dispatch
from tickets.dispatch.unreacted import deadline_for_manual
from tickets.dispatch.waiting import dispatch_waiting, explain_waiting, move_unreacted
from tickets.models import DispatchTrigger, EventKind, PresenceStatus, TicketEvent
from tickets.presence.actions import presences_sweep


@shared_task(time_limit=60)
def hear_arrival(envelope: dict[str, Any]) -> None:
    """A ticket is new in the pool, or back in it."""
    with suppress(NotFoundError):
        ticket_dispatch(
            ticket_id=envelope["data"]["ticket_id"],
            trigger=DispatchTrigger.CREATED,
            actor=system_actor(),
        )


@shared_task(time_limit=120)
def hear_release(envelope: dict[str, Any]) -> None:
    """Somebody has one ticket less."""
    dispatch_waiting()


@shared_task(time_limit=120)
def hear_presence(envelope: dict[str, Any]) -> None:
    """Somebody has come."""
    if envelope["data"]["status"] == PresenceStatus.ONLINE:
        dispatch_waiting()


@shared_task(time_limit=120)
def hear_assigned(envelope: dict[str, Any]) -> None:
    """A person's assignment may get a deadline; whoever had the ticket has room now."""
    data = envelope["data"]
    event = TicketEvent.objects.filter(
        ticket=data["ticket_id"], sequence=data["version"], kind=EventKind.ASSIGNED
    ).first()
    if event is None:
        return
    deadline_for_manual(event)
    if event.before.get("assignee_id"):
        dispatch_waiting()


@shared_task(time_limit=60)
def sweep_presences() -> None:
    """Every 15 s: whose pages are no longer heard is announced as offline."""
    presences_sweep()


@shared_task(time_limit=55)
def move_unreacted_tickets() -> None:
    """Every minute: what its assignee has let lie goes to another."""
    move_unreacted()


@shared_task(time_limit=55)
def dispatch_waiting_tickets() -> None:
    """Every minute: what no event has caught, such as the beginning of working hours."""
    dispatch_waiting()
    explain_waiting()
