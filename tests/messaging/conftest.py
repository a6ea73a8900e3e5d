"""A channel whose provider is a list: what the core does with outcomes needs no wire."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from messaging.channels import registry
from messaging.channels.base import Channel, Content, Limit, Outbound, Outcome, Recipient, Result
from messaging.models import Message
from messaging.sending.accept import NewMessage, messages_accept


class ScriptedChannel(Channel):
    """Answers what the script says, then SENT; keeps what it was given."""

    code = "SMS"

    def __init__(self) -> None:
        self.script: list[Result | Exception | Callable[[Outbound], None]] = []
        self.received: list[Outbound] = []
        self.limited: list[Limit] = []
        self.idempotent = False

    def recipient(self, text: str) -> Recipient:
        return Recipient(text)

    def compose(self, content: Content) -> dict[str, Any]:
        return {"body": content.body}

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
    ours = registry.get(scripted.code)
    registry.register(scripted)
    yield scripted
    registry.register(ours)


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
