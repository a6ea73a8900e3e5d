"""What a customer does with tickets counts as activity."""

from typing import Any

from celery import shared_task

from tickets.contributions.activity import note_activity


@shared_task(time_limit=60)
def note_customer_activity(envelope: dict[str, Any]) -> None:
    """A customer reported something or replied."""
    note_activity(envelope)
