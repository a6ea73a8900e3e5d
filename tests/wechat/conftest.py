"""The Official Account through the API, over HTTP, to the simulator and back."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from messaging.models import ChannelType, Message, MessageTemplate

TEMPLATE = {"template_id": "sandbox-1", "template_data": {"thing1": "{{n}}"}}


def join_jobs() -> None:
    """Waits until the platform has told what it has to tell."""
    for thread in threading.enumerate():
        if thread.name.startswith("sandbox-job"):
            thread.join(timeout=20)


@pytest.fixture
def official(platform: Any) -> Iterator[Any]:
    """The platform; nothing it tells in the background outlives the test."""
    yield platform
    join_jobs()


@pytest.fixture
def send(official: Any, api: Any, admin: Any, run_outbox: Any) -> Callable[..., Message]:
    """A template sent to an openid and worked, receipts included; the message as it then stands."""

    def make(openid: str, n: str = "3", body: str = "", **options: Any) -> Message:
        code = f"t{MessageTemplate.objects.count()}"
        MessageTemplate.objects.create(
            code=code, name=code, channel=ChannelType.WECHAT, body=body, options=options
        )
        response = api(admin).post(
            "/api/messages/send",
            {"template_code": code, "recipient": openid, "variables": {"n": n}},
        )
        assert response.status_code == 202, response.json()
        run_outbox()
        join_jobs()
        run_outbox()  # the receipt, an event of the account, has come meanwhile
        return Message.objects.get(message_id=response.json()["message_id"])

    return make


@pytest.fixture
def received(client: Any) -> Callable[[], list[dict[str, Any]]]:
    """What the followers got."""

    def look() -> list[dict[str, Any]]:
        return list(client.get("/sandbox/api/outbox", {"channel": "WECHAT"}).json()["list"])

    return look


@pytest.fixture
def misbehave(client: Any) -> Callable[..., None]:
    """Orders a fault of the Official Account's platform."""

    def order(**fields: Any) -> None:
        body = {"channel": "WECHAT", **fields}
        answer = client.post("/sandbox/api/faults", body, content_type="application/json")
        assert answer.status_code == 200, answer.json()

    return order
