"""What the group is told."""

from typing import Any

from celery import shared_task

from tickets.group import news


@shared_task(time_limit=60)
def tell_group(envelope: dict[str, Any]) -> None:
    """A ticket has changed."""
    news.news_tell(envelope)


@shared_task(time_limit=120)
def purge_news() -> None:
    """Every night."""
    news.purge_news()
