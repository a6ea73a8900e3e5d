"""What staff pages are told."""

from typing import Any

from celery import shared_task

from tickets.live.feed import note_event, purge


@shared_task(time_limit=60)
def note_change(envelope: dict[str, Any]) -> None:
    """A ticket has changed."""
    note_event(envelope)


@shared_task(time_limit=600)
def purge_feed() -> None:
    """Each night: what nobody will ask for again."""
    purge()
