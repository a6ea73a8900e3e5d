"""Templates made, sent and looked at through the API, against the platform's stand-in."""

from collections.abc import Callable
from typing import Any

import pytest

from messaging.models import Message
from tests.factories import RobotFactory


@pytest.fixture
def group_robot(platform: Any, settings: Any) -> Any:
    return RobotFactory(secrets={"webhook_url": settings.GROUP_WEBHOOK_URL})


@pytest.fixture
def order(client: Any) -> Callable[..., None]:
    """Tells the platform to misbehave."""

    def make(**fields: Any) -> None:
        response = client.post("/sandbox/api/faults", fields, content_type="application/json")
        assert response.status_code == 200, response.content

    return make


@pytest.fixture
def outbox(client: Any) -> Callable[[str], list[Any]]:
    """What the platform received over a channel, oldest first."""

    def read(channel: str) -> list[Any]:
        rows = client.get(f"/sandbox/api/outbox?channel={channel}").json()["list"]
        return [row["payload"] for row in rows]

    return read


@pytest.fixture
def send(api: Any, admin: Any, run_outbox: Any) -> Callable[..., Message]:
    """A template of `fields`, sent to `recipient` with `variables`; the message as it ended."""

    def make(
        channel: str, recipient: str, variables: dict[str, Any] | None = None, **fields: Any
    ) -> Message:
        client = api(admin)
        template = {"code": "t", "name": "t", "channel": channel, "body": "正文", **fields}
        made = client.post("/api/template", template)
        assert made.status_code == 201, made.content
        accepted = client.post(
            "/api/messages/send",
            {"template_code": "t", "recipient": recipient, "variables": variables or {}},
        )
        assert accepted.status_code == 202, accepted.content
        run_outbox()
        return Message.objects.get(message_id=accepted.json()["message_id"])

    return make
