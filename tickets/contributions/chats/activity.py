"""A customer who writes in a chat is active: on the day they ask, and on the day of their last word."""

from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from config.events.subscribers import first_time, subscribe
from customers.actions.activity import activity_record
from tickets.models import Chat, ChatEventKind

TASK = "tickets.tasks.activity.note_chat_activity"


def subscribe_to_chats() -> None:
    """Called from `ready()`."""
    subscribe(f"chat.{ChatEventKind.OPENED}", TASK)
    subscribe(f"chat.{ChatEventKind.ENDED}", TASK)


@transaction.atomic
def note_activity(envelope: dict[str, Any]) -> None:
    """An act when the chat begins, another when the customer still wrote on a later day."""
    if not first_time("tickets.chat_activity", envelope):
        return
    data = envelope["data"]
    chat = Chat.objects.filter(pk=data["chat_id"]).first()
    if chat is None:
        return
    if data["kind"] == ChatEventKind.OPENED:
        activity_record(customer_ids=[chat.customer_id], at=chat.created_at)
        return
    last = chat.last_customer_at
    if last is not None and localdate(last) > localdate(chat.created_at):
        activity_record(customer_ids=[chat.customer_id], at=last)
