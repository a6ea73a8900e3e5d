"""Celery's doors into `tickets.chat.live`."""

from celery import shared_task

from tickets.chat.live.feed import purge


@shared_task(time_limit=600)
def purge_feed() -> None:
    """Each night: what nobody will ask for again."""
    purge()
