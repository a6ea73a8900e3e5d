"""An entry of our own making whose words go to the assistant first; what is said is read back."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.utils import timezone

from config.runtime import store
from messaging.models import ChannelType, Message
from tests.tickets.assistant.model_server import ModelServer
from tests.tickets.chat.entries.conftest import LettersEntry
from tickets.assistant import bind_links, reception
from tickets.assistant.heard import Heard
from tickets.assistant.strategies.llm import client, guard
from tickets.chat.entries import registry
from tickets.models import AgentPresence, ChatAgent

OPENID = "oSomebodyOfTheTestEntry0001"


class TalkingEntry(LettersEntry):
    def plain(self, text: str, account: str = "") -> dict[str, Any]:
        return {"custom": {"msgtype": "text", "text": {"content": text}}}


@pytest.fixture
def setting(db: None) -> Callable[[str, Any], None]:
    def change(key: str, value: Any) -> None:
        store.change(key=key, value=value, actor=None)
        store.forget_snapshot()

    return change


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch, setting: Callable[..., None]) -> TalkingEntry:
    entry = TalkingEntry()
    monkeypatch.setitem(registry._entries, entry.code, entry)
    monkeypatch.setitem(
        bind_links._makers, entry.code, lambda address: f"https://example.com/bind/?who={address}"
    )
    setting("ai.assistant", {"entries": [entry.code]})
    return entry


@pytest.fixture
def on_duty(lisi: Any) -> Any:
    """李四 takes chats."""
    ChatAgent.objects.create(user=lisi)
    AgentPresence.objects.create(
        user=lisi, status="online", holds_until=timezone.now() + timedelta(days=30)
    )
    return lisi


@pytest.fixture
def hear(letters: TalkingEntry) -> Callable[..., Heard]:
    """The customer writes; the platform numbers it."""
    numbers = count(1)

    def wrote(content: str, openid: str = OPENID, **given: Any) -> Heard:
        given.setdefault("external_id", f"M{next(numbers)}")
        return reception.hear(entry=letters.code, address=openid, content=content, **given)

    return wrote


@pytest.fixture
def said(db: None) -> Callable[[], list[str]]:
    """What was sent to the customer on its own, oldest first."""

    def read() -> list[str]:
        sent = Message.objects.filter(channel=ChannelType.WECHAT).order_by("pk")
        return [(row.payload or {})["custom"]["text"]["content"] for row in sent]

    return read


@pytest.fixture(scope="session")
def openai_loaded() -> None:
    """The library is slow to load; tests are about what comes after."""
    client._load()
    assert client._loaded.wait(120)


@pytest.fixture
def model(
    openai_loaded: None, settings: Any, setting: Callable[..., None]
) -> Iterator[ModelServer]:
    """A language model that is set up."""
    server = ModelServer()
    settings.LLM_BASE_URL, settings.LLM_MODEL = server.url, "test-model"
    settings.LLM_API_KEY = "secret-of-the-model"
    guard.forget()
    yield server
    server.close()
    guard.forget()
