"""Celery's doors into sending."""

from celery import shared_task

from messaging.sending import sweep, work


@shared_task(time_limit=300)
def send_chunk(ids: list[int]) -> None:
    """Messages of one queue, by primary key."""
    work.send_chunk(ids)


@shared_task(time_limit=60)
def sweep_messages() -> None:
    """Every 15 s: what is due, lost or abandoned (design.md §4)."""
    sweep.sweep()
