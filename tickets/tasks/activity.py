"""What a customer does with tickets and in chats counts as activity."""

from typing import Any

from celery import shared_task

from tickets.contributions.activity import note_activity
from tickets.contributions.chats import activity as chats


@shared_task(time_limit=60)
def note_customer_activity(envelope: dict[str, Any]) -> None:
    """A customer reported something or replied."""
    note_activity(envelope)


@shared_task(time_limit=60)
def note_chat_activity(envelope: dict[str, Any]) -> None:
    """A customer asked for a chat, or one is over."""
    chats.note_activity(envelope)
