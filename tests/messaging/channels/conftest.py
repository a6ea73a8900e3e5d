"""Channels as they really are: through the API, over HTTP, to the simulator."""

from collections.abc import Callable
from typing import Any

import pytest

from messaging.models import ChannelType, Message, MessageTemplate


@pytest.fixture
def send(api: Any, admin: Any, run_outbox: Any) -> Callable[..., Message]:
    """A template of that channel, sent to somebody and worked; the message as it then stands."""

    def make(channel: str, recipient: str, variables: Any = None, **template: Any) -> Message:
        code = f"t{MessageTemplate.objects.count()}"
        fields = {"code": code, "name": code, "channel": ChannelType(channel), **template}
        MessageTemplate.objects.create(**fields)
        response = api(admin).post(
            "/api/messages/send",
            {"template_code": code, "recipient": recipient, "variables": variables or {}},
        )
        assert response.status_code == 202, response.json()
        run_outbox()
        return Message.objects.get(message_id=response.json()["message_id"])

    return make


@pytest.fixture
def received(client: Any) -> Callable[[str], list[dict[str, Any]]]:
    """What the simulator's outbox shows for a channel."""

    def look(channel: str) -> list[dict[str, Any]]:
        return list(client.get("/sandbox/api/outbox", {"channel": channel}).json()["list"])

    return look


@pytest.fixture
def misbehave(client: Any) -> Callable[..., None]:
    """Orders a fault of the simulator."""

    def order(channel: str, **fields: Any) -> None:
        body = {"channel": channel, **fields}
        answer = client.post("/sandbox/api/faults", body, content_type="application/json")
        assert answer.status_code == 200, answer.json()

    return order
