"""Notices to customers."""

from typing import Any

from celery import shared_task

from tickets.customer_side.notices import notice_send


@shared_task(time_limit=60)
def notify_customer(envelope: dict[str, Any]) -> None:
    """An event that the ticket's customer is to know of."""
    notice_send(envelope)
