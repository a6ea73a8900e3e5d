"""Celery's doors into `tickets.chat.statistics`."""

from celery import shared_task

from tickets.chat.statistics.load import loads_look
from tickets.chat.statistics.rollup import hours_keep


@shared_task(time_limit=600)
def keep_hours() -> None:
    """Every few minutes: hours that are over, and those that something changed in."""
    hours_keep()


@shared_task(time_limit=60)
def look_at_loads() -> None:
    """Each minute: who is there, with how many chats."""
    loads_look()
