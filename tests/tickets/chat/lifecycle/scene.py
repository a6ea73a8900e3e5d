"""Chats in every state, without the queue: each holds a slot of its agent as it should."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from customers.actors import system_actor
from customers.models import Customer, User
from tests.factories import AgentFactory
from tickets.chat import trail
from tickets.chat.messages.writing import message_write
from tickets.chat.slots import agent_of, slot_take
from tickets.models import Chat, ChatAgent, ChatMessage, ChatStatus, Sender

TEAM = "/api/customer-service/chats"
OWN = "/api/user/customer-service/chats"


def online(user: User) -> User:
    """Present for eight hours, and taking chats."""
    AgentFactory(user=user)
    agent_of(user)
    return user


def begin(customer: Customer, agent: User | None = None, **fields: Any) -> Chat:
    """An active chat of `agent`, or a queued one."""
    now = timezone.now()
    if agent is not None:
        assert slot_take(agent_of(agent))
        fields = {"assigned_at": now, "first_assigned_at": now, **fields}
    fields.setdefault("queued_at", now - timedelta(seconds=5))
    return Chat.objects.create(
        customer=customer,
        agent=agent,
        status=ChatStatus.ACTIVE if agent else ChatStatus.QUEUED,
        **fields,
    )


def load_of(user: User) -> int:
    """The agent's load, which must be what they really have."""
    load = ChatAgent.objects.get(user=user).load
    assert load == Chat.objects.filter(agent=user, status=ChatStatus.ACTIVE).count()
    return load


@transaction.atomic
def says(chat: Chat, who: User | None, content: str, *, now: datetime | None = None) -> ChatMessage:
    """Of the customer without `who`; `now` is when it was said."""
    locked = trail.lock_chat(chat.pk, system_actor())
    sender: dict[str, Any] = (
        {"sender": Sender.AGENT, "user": who, "sender_name": who.display_name}
        if who is not None
        else {"sender": Sender.CUSTOMER, "sender_name": chat.customer.name}
    )
    message = message_write(locked, content=content, now=now, **sender)
    trail.save(locked)
    return message
