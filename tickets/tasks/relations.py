"""Tickets that nobody comes back to."""

from celery import shared_task

from config.events.publish import enqueue
from tickets.actions.closing import tickets_close_resolved


@shared_task(time_limit=120)
def close_resolved_tickets(after: int = 0) -> None:
    """Each morning: solved long ago; a batch a task."""
    further = tickets_close_resolved(after=after)
    if further is not None:
        enqueue("tickets.tasks.relations.close_resolved_tickets", [[further]], queue="default")
