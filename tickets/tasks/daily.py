"""At midnight."""

from celery import shared_task

from tickets.daily_counts import keep_day


@shared_task(time_limit=60)
def keep_daily_counts() -> None:
    """At midnight: what today will be compared with."""
    keep_day()
