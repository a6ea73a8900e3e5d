"""Celery's doors into the queue.

What is decided depends on how things are now, not on the event: an envelope that comes twice finds
the chat given away, so these need not remember what they have heard.
"""

from typing import Any

from celery import shared_task

from tickets.chat.assignment.actions import (
    assign_waiting,
    end_unattended,
    explain_waiting,
    leave_offline,
)
from tickets.chat.slots import loads_recount
from tickets.models import AssignmentTrigger, PresenceStatus


@shared_task(time_limit=60)
def assign_waiting_chats() -> None:
    """A slot has become free, or a chat has joined the queue."""
    assign_waiting()


@shared_task(time_limit=60)
def hear_presence(envelope: dict[str, Any]) -> None:
    """Somebody has come, or gone."""
    status = envelope["data"]["status"]
    if status == PresenceStatus.ONLINE:
        assign_waiting()
    elif status == PresenceStatus.OFFLINE:
        leave_offline()


@shared_task(time_limit=14)
def sweep_queue() -> None:
    """What an event has missed: a few queries while nobody waits."""
    leave_offline()
    assign_waiting(trigger=AssignmentTrigger.SWEEP)
    end_unattended()


@shared_task(time_limit=240)
def sweep_queue_thoroughly() -> None:
    """Every five minutes, in batches of ten until nothing more can go; and why the others wait."""
    leave_offline()
    while assign_waiting(trigger=AssignmentTrigger.SWEEP):
        pass
    explain_waiting()


@shared_task(time_limit=600)
def recount_loads() -> None:
    """Every night."""
    loads_recount()
