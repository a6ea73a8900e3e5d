"""Celery's doors into `wechat.sidebar`."""

from celery import shared_task

from wechat.sidebar import tickets


@shared_task(time_limit=60)
def keep_tickets() -> None:
    """Every ten minutes, and when a page finds none: the JS-SDK's tickets, renewed before they end."""
    tickets.keep()
