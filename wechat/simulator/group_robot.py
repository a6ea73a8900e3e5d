"""The group's webhook robot, and the smart robot's answers (wechat-protocol.md §§3.2, 4.4)."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from wechat.simulator import bodies, members
from wechat.simulator.answers import PlatformError, ok, platform, platform_object
from wechat.simulator.app_messages import upload
from wechat.simulator.faults import misbehave
from wechat.simulator.models import ChatMessage, Delivery, ResponseCode

PER_MINUTE = 20
MARKDOWN_BYTES = 4096
AIBOT_BYTES = 20_480
ROBOT_TYPES = {"text", "markdown", "markdown_v2", "image", "news", "file", "voice", "template_card"}


@platform("POST")
def webhook_send(request: HttpRequest) -> HttpResponse:
    _require_key(request)
    body = platform_object(request)
    return misbehave("GROUP_BOT", lambda: _send(body))


def _send(body: dict[str, Any]) -> HttpResponse:
    kind, part = bodies.content_of(body, ROBOT_TYPES)
    if kind == "text":
        bodies.limit_bytes(part["content"], bodies.TEXT_BYTES)
    elif kind in ("markdown", "markdown_v2"):
        bodies.limit_bytes(part["content"], MARKDOWN_BYTES)
    elif kind == "template_card" and part["card_type"] not in ("text_notice", "news_notice"):
        raise PlatformError(40058, "card_type not allowed here")
    payload = {"msgtype": kind, kind: part}
    with transaction.atomic():
        minute = timezone.now() - timedelta(seconds=60)
        sent = Delivery.objects.filter(
            channel="GROUP_BOT", to=members.GROUP_ID, received_at__gt=minute
        )
        if sent.count() >= PER_MINUTE:
            raise PlatformError(45009, "api freq out of limit")
        Delivery.objects.create(channel="GROUP_BOT", to=members.GROUP_ID, payload=payload)
        ChatMessage.objects.create(
            chat_id=members.GROUP_ID, sender="robot", kind=kind, content=payload
        )
    return ok()


@platform("POST")
def webhook_upload(request: HttpRequest) -> HttpResponse:
    _require_key(request)
    return upload(request, owner="robot")


@platform("POST")
def aibot_response(request: HttpRequest) -> HttpResponse:
    body = platform_object(request)
    return misbehave("AI", lambda: _respond(request.GET.get("response_code", ""), body))


@transaction.atomic
def _respond(code: str, body: dict[str, Any]) -> HttpResponse:
    """One call for each code, within the hour."""
    kind, part = bodies.content_of(body, {"markdown", "template_card"})
    if kind == "markdown":
        bodies.limit_bytes(part["content"], AIBOT_BYTES)
    used = ResponseCode.objects.filter(code=code, used=False, expires_at__gt=timezone.now()).update(
        used=True
    )
    if not used:
        raise PlatformError(40078, "response_code invalid or used")
    asked = ResponseCode.objects.select_related("message").get(code=code).message
    payload = {"msgtype": kind, kind: part}
    to = asked.sender if asked.chat_id.startswith("app:") else asked.chat_id
    Delivery.objects.create(channel="AI", to=to, payload=payload)
    ChatMessage.objects.create(
        chat_id=asked.chat_id, sender="aibot", kind=kind, content=payload, quote=asked
    )
    return ok()


def _require_key(request: HttpRequest) -> None:
    expected = parse_qs(urlsplit(settings.GROUP_WEBHOOK_URL).query).get("key", [""])[0]
    if not expected or request.GET.get("key") != expected:
        raise PlatformError(93000, "invalid webhook url")
