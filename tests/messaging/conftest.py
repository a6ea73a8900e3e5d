"""A channel whose provider is a list: what the core does with outcomes needs no wire."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from rest_framework.test import APIClient

from config.api.keys import ApiKey
from config.errors import InvalidInputError
from messaging.actions.templates import template_save
from messaging.channels import registry
from messaging.channels.base import Channel, Content, Limit, Outbound, Outcome, Recipient, Result
from messaging.models import BodyFormat, Message, MessageTemplate
from messaging.sending.accept import NewMessage, messages_accept


class ScriptedChannel(Channel):
    """Answers what the script says, then SENT; keeps what it was given."""

    code = "SMS"
    body_formats = frozenset(BodyFormat)

    def __init__(self) -> None:
        self.script: list[Result | Exception | Callable[[Outbound], None]] = []
        self.received: list[Outbound] = []
        self.limited: list[Limit] = []
        self.idempotent = False

    def recipient(self, text: str) -> Recipient:
        if text.startswith("bad"):
            raise InvalidInputError("不是有效的地址", code="bad_recipient")
        return Recipient(text)

    def compose(self, content: Content) -> dict[str, Any]:
        return {"subject": content.subject, "body": content.body, **content.options}

    def limits(self, outbound: Outbound) -> list[Limit]:
        return self.limited

    def is_idempotent(self, outbound: Outbound) -> bool:
        return self.idempotent

    async def send(self, outbound: Outbound, http: Any) -> Result:
        self.received.append(outbound)
        step = self.script.pop(0) if self.script else Result(Outcome.SENT)
        if isinstance(step, Exception):
            raise step
        if isinstance(step, Result):
            return step
        step(outbound)
        return Result(Outcome.SENT)


@pytest.fixture
def channel() -> Iterator[ScriptedChannel]:
    scripted = ScriptedChannel()
    registry.register(scripted)
    yield scripted
    registry.unregister(scripted.code)


@pytest.fixture
def accept(channel: ScriptedChannel) -> Callable[..., list[Message]]:
    def make(count: int = 1, **fields: Any) -> list[Message]:
        return messages_accept(
            [
                NewMessage(
                    channel=channel.code, recipient=f"r{number}", payload={"n": number}, **fields
                )
                for number in range(count)
            ]
        )

    return make


@pytest.fixture
def new_template(db: None, channel: ScriptedChannel) -> Callable[..., MessageTemplate]:
    """A template of the scripted channel, saved the way the API saves it."""

    def make(code: str = "notice", body: str = "{{name}}，您好", **fields: Any) -> MessageTemplate:
        fields = {"name": code, "channel": channel.code, **fields}
        return template_save(MessageTemplate(code=code, body=body, **fields), actor=None)

    return make


@pytest.fixture
def operator(api: Callable[[Any], APIClient], admin: Any) -> APIClient:
    return api(admin)


@pytest.fixture
def with_key(db: None) -> Callable[..., APIClient]:
    """A server-to-server client: `with_key("messages:send").post(…)`."""

    def client(*scopes: str) -> APIClient:
        _, key = ApiKey.objects.create_key(name="对接方", scopes=list(scopes))
        knocking = APIClient()
        knocking.credentials(HTTP_AUTHORIZATION=f"Api-Key {key}")
        return knocking

    return client
