"""Celery's doors into sending."""

from typing import Any

from celery import shared_task
from celery.signals import worker_process_shutdown, worker_shutdown

from messaging.sending import sweep, work


@shared_task(time_limit=300)
def send_chunk(ids: list[int]) -> None:
    """Messages of one queue, by primary key."""
    work.send_chunk(ids)


@shared_task(time_limit=60)
def sweep_messages() -> None:
    """Every 15 s: what is due, lost or abandoned (design.md §4)."""
    sweep.sweep()


@worker_process_shutdown.connect
@worker_shutdown.connect
def _close_connections(**_kwargs: Any) -> None:
    """A worker that stops leaves no open connection to a provider."""
    work.close()
