"""How the message API answers, read in one way by all tests."""

from typing import Any

from rest_framework.test import APIClient

from messaging.models import Message
from messaging.sending.work import send_messages

TEMPLATE = {"code": "notice", "name": "通知", "channel": "SMS", "body": "{{name}}，您好"}


def refused(response: Any, attr: str | None, status: int = 400) -> dict[str, Any]:
    """The first error of a refusal that names `attr`."""
    assert response.status_code == status, response.content
    errors = response.json()["errors"]
    assert attr in [error["attr"] for error in errors]
    first: dict[str, Any] = errors[0]
    return first


def sent_body(operator: APIClient, channel: Any, **body: Any) -> dict[str, Any]:
    """What the provider gets of a message by the template `notice`."""
    response = operator.post("/api/messages/send", {"template_code": "notice", **body})
    assert response.status_code == 202, response.content
    send_messages([Message.objects.latest("pk").pk])
    payload: dict[str, Any] = channel.received[-1].payload
    return payload
