"""Celery's doors into `tickets.chat.lifecycle`."""

from typing import Any

from celery import shared_task

from customers.models import User
from tickets.chat.lifecycle.due import work_due
from tickets.chat.lifecycle.files import files_copy
from tickets.chat.lifecycle.leaving_customers import chat_hand_over, end_of_blocked


@shared_task(time_limit=30)
def work_due_chats() -> None:
    """Every two seconds: one query while nothing is due."""
    work_due()


@shared_task(time_limit=60)
def hear_blocked(envelope: dict[str, Any]) -> None:
    """Somebody is on the block list; heard twice, the chat has ended already."""
    end_of_blocked(envelope["data"]["customer_id"])


@shared_task(time_limit=60)
def hand_over_chat(chat_id: int, from_user_id: int, to_user_id: int) -> None:
    """An active chat of a customer who has been handed over."""
    people = User.objects.in_bulk([from_user_id, to_user_id])
    if len(people) == 2:
        chat_hand_over(chat_id, people[from_user_id], people[to_user_id])


@shared_task(time_limit=300)
def copy_files(chat_id: int, ticket_id: int) -> None:
    """A chat has become a ticket."""
    files_copy(chat_id=chat_id, ticket_id=ticket_id)
