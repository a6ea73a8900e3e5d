"""Celery's doors into `tickets.chat.entries`."""

from celery import shared_task

from tickets.chat.entries import results


@shared_task(time_limit=60)
def settle_carriers(carriers: list[int]) -> None:
    """Messages of chats have left, or could not."""
    results.carriers_settle(carriers=carriers)


@shared_task(time_limit=60)
def settle_overdue_messages() -> None:
    """Every ten seconds: what nobody told."""
    results.settle_overdue()
