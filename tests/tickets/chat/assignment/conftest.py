"""Colleagues who take chats, and customers who ask."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from config.runtime import store
from customers.actors import Entry, customer_actor
from tests.factories import CustomerFactory, UserFactory
from tickets.chat.assignment.actions import chat_request
from tickets.models import AgentPresence, Chat, ChatAgent


@pytest.fixture
def agent(db: None) -> Callable[..., Any]:
    """`agent("李四", "busy", max_chats=2)`: a colleague's login, with a row for chats."""

    def make(name: str = "", status: str = "online", **fields: Any) -> Any:
        user = UserFactory(**({"name": name} if name else {}))
        ChatAgent.objects.create(user=user, **fields)
        come(user, status)
        return user

    return make


def come(user: Any, status: str) -> None:
    """As if by `presence_set`, but nobody has been told."""
    AgentPresence.objects.update_or_create(
        user=user,
        defaults={"status": status, "holds_until": timezone.now() + timedelta(hours=8)},
    )


def ask(customer: Any = None, entry: str = "web", **given: Any) -> Chat:
    customer = customer or CustomerFactory()
    return chat_request(
        customer=customer, entry=entry, actor=customer_actor(customer, Entry.WEB), **given
    )


@pytest.fixture
def setting(db: None) -> Callable[[str, Any], None]:
    def change(key: str, value: Any) -> None:
        store.change(key=key, value=value, actor=None)
        store.forget_snapshot()

    return change
