"""Reminders."""

from celery import shared_task

from customers.actors import system_actor
from tickets.reminders.actions import reminders_run, warnings_run


@shared_task(time_limit=300)
def remind_overdue() -> None:
    """Every hour, at minute 0 (seed 001)."""
    reminders_run(actor=system_actor(), by_hand=False)


@shared_task(time_limit=120)
def warn_before_deadlines() -> None:
    """Every five minutes."""
    warnings_run()
