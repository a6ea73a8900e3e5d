"""Celery's doors into presence and dispatch."""

from celery import shared_task

from tickets.presence.actions import presences_sweep


@shared_task(time_limit=60)
def sweep_presences() -> None:
    """Every minute: whose pages are no longer heard is announced as offline."""
    presences_sweep()
