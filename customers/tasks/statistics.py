"""The night's counting."""

from celery import shared_task

from customers.actions.statistics import keep_days


@shared_task(time_limit=600)
def keep_daily_statistics() -> None:
    """Yesterday's customers, by what happened on the day."""
    keep_days()
