"""The smart robot's answers, active and passive (wechat-protocol.md §3.2)."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from wechat.simulator import bodies
from wechat.simulator.answers import PlatformError, ok, platform, platform_object
from wechat.simulator.faults import misbehave
from wechat.simulator.models import ChatMessage, Delivery, ResponseCode

CONTENT_BYTES = 20_480


@platform("POST")
def aibot_response(request: HttpRequest) -> HttpResponse:
    """`POST aibot/response?response_code=`: one call for each code, within the hour."""
    body = platform_object(request)
    return misbehave("AI", lambda: _respond(request.GET.get("response_code", ""), body))


@transaction.atomic
def _respond(code: str, body: dict[str, Any]) -> HttpResponse:
    kind, part = bodies.content_of(body, {"markdown", "template_card"}, owner="app")
    if kind == "markdown":
        bodies.limit_bytes(part["content"], CONTENT_BYTES)
    used = ResponseCode.objects.filter(code=code, used=False, expires_at__gt=timezone.now()).update(
        used=True
    )
    if not used:
        raise PlatformError(40078, "response_code invalid or used")
    asked = ResponseCode.objects.select_related("message").get(code=code).message
    show(asked, {"msgtype": kind, kind: part})
    return ok()


def show(asked: ChatMessage, payload: dict[str, Any]) -> ChatMessage:
    """A finished answer: a bubble that quotes the question, and a line of the outbox."""
    record(asked, payload)
    return bubble(asked, payload)


def bubble(asked: ChatMessage, payload: dict[str, Any]) -> ChatMessage:
    return ChatMessage.objects.create(
        chat_id=asked.chat_id,
        sender="aibot",
        kind=payload["msgtype"],
        content=payload,
        quote=asked,
    )


def record(asked: ChatMessage, payload: dict[str, Any]) -> None:
    Delivery.objects.create(channel="AI", to=asked.chat_id, payload=payload)
