"""Celery's doors into tickets."""

from typing import Any

from celery import shared_task

from tickets.customer_activity import note_activity
from tickets.daily_counts import keep_day


@shared_task(time_limit=60)
def keep_daily_counts() -> None:
    """At midnight: what today will be compared with."""
    keep_day()


@shared_task(time_limit=60)
def note_customer_activity(envelope: dict[str, Any]) -> None:
    """A customer reported something or replied."""
    note_activity(envelope)
