"""张三's chat with 李四, as live chat's own actions would have left it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from config.api.roles import Role
from tests.factories import CustomerFactory, UserFactory
from tickets.models import AgentPresence, Chat, ChatAgent, ChatFeedEntry, ChatStatus


@pytest.fixture
def zhangsan(db: None) -> Any:
    """The customer's login."""
    customer = CustomerFactory(name="张三")
    return UserFactory(username="zhangsan", name="张三", role=Role.CUSTOMER, customer=customer)


@pytest.fixture
def chat(zhangsan: Any, lisi: Any) -> Chat:
    """李四 is online and has it in hand."""
    now = timezone.now()
    AgentPresence.objects.create(user=lisi, status="online", holds_until=now + timedelta(hours=8))
    ChatAgent.objects.create(user=lisi, load=1, slots=5)
    return Chat.objects.create(
        customer=zhangsan.customer,
        agent=lisi,
        status=ChatStatus.ACTIVE,
        queued_at=now,
        assigned_at=now,
    )


@pytest.fixture
def team(chat: Chat) -> str:
    """Where colleagues call."""
    return f"/api/customer-service/chats/{chat.pk}"


@pytest.fixture
def own(chat: Chat) -> str:
    """Where the customer calls."""
    return f"/api/user/customer-service/chats/{chat.pk}"


@pytest.fixture
def customer_says(api: Any, zhangsan: Any, own: str) -> Callable[..., Any]:
    def say(content: str = "在吗", **given: Any) -> Any:
        answer = api(zhangsan).post(f"{own}/messages", {"content": content, **given})
        assert answer.status_code == 201, answer.content
        return answer.json()

    return say


@pytest.fixture
def agent_says(api: Any, lisi: Any, team: str) -> Callable[..., Any]:
    def say(content: str = "在的", **given: Any) -> Any:
        answer = api(lisi).post(f"{team}/messages", {"content": content, **given}, format="json")
        assert answer.status_code == 201, answer.content
        return answer.json()

    return say


@pytest.fixture
def told(chat: Chat) -> Callable[[str], list[dict[str, Any]]]:
    """The frames of one kind that the chat's readers are told."""

    def of(kind: str) -> list[dict[str, Any]]:
        entries = ChatFeedEntry.objects.filter(chat=chat, kind=kind).order_by("pk")
        return [
            {"message": entry.message_id, "is_internal": entry.is_internal, **entry.data}
            for entry in entries
        ]

    return of
