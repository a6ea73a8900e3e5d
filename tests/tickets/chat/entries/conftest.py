"""An entry of our own making, whose platform is the sandbox's Official Account over HTTP."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.utils import timezone

from config.runtime import store
from messaging.models import ChannelType
from tests.factories import UserFactory
from tickets.chat.entries import registry
from tickets.chat.entries.base import Act, BudgetRule, ChatEntry
from tickets.chat.entries.inbound import customer_wrote
from tickets.models import AgentPresence, Chat, ChatAgent, ChatMessage

OPENID = "oSomebodyOfTheTestEntry0001"


class LettersEntry(ChatEntry):
    code = "letters"
    label = "来信"
    channel = ChannelType.WECHAT
    budgets = {
        Act.MESSAGE: BudgetRule(5, timedelta(hours=48)),
        Act.TOUCH: BudgetRule(3, timedelta(minutes=1)),
    }
    spent_codes = frozenset({"45015", "45047"})

    def payload(self, chat: Chat, message: ChatMessage) -> dict[str, Any]:
        return {"custom": {"msgtype": "text", "text": {"content": message.content}}}


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> LettersEntry:
    entry = LettersEntry()
    monkeypatch.setitem(registry._entries, entry.code, entry)
    return entry


@pytest.fixture
def lisi(db: None) -> Any:
    """On duty for chats."""
    user = UserFactory(username="lisi", name="李四")
    ChatAgent.objects.create(user=user)
    AgentPresence.objects.create(
        user=user, status="online", holds_until=timezone.now() + timedelta(days=30)
    )
    return user


@pytest.fixture
def setting(db: None) -> Callable[[str, Any], None]:
    def change(key: str, value: Any) -> None:
        store.change(key=key, value=value, actor=None)
        store.forget_snapshot()

    return change


@pytest.fixture
def write(letters: LettersEntry) -> Callable[..., ChatMessage | None]:
    """The customer writes; the platform numbers it."""
    numbers = count(1)

    def wrote(content: str = "你好", openid: str = OPENID, **given: Any) -> ChatMessage | None:
        given.setdefault("external_id", f"M{next(numbers)}")
        given.setdefault("entry", letters.code)
        return customer_wrote(address=openid, content=content, **given)

    return wrote


@pytest.fixture
def work_all(run_outbox: Callable[[], int]) -> Callable[[], None]:
    """Until nothing is left to do: a result releases the next message."""

    def run() -> None:
        while run_outbox():
            pass

    return run
