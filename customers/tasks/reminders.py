"""Reminding of follow-ups and tasks."""

from celery import shared_task

from customers.actions.reminders import remind_due as remind


@shared_task(time_limit=120)
def remind_due() -> None:
    """Every minute."""
    remind()
