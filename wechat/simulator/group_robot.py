"""The group's webhook robot (wechat-protocol.md §4.4)."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from wechat.simulator import bodies, members
from wechat.simulator.answers import PlatformError, ok, platform, platform_object
from wechat.simulator.faults import misbehave
from wechat.simulator.models import ChatMessage, Delivery

PER_MINUTE = 20
MARKDOWN_BYTES = 4096
ROBOT_TYPES = {"text", "markdown", "markdown_v2", "image", "news", "file", "voice", "template_card"}


@platform("POST")
def webhook_send(request: HttpRequest) -> HttpResponse:
    """`POST webhook/send?key=`."""
    require_key(request)
    body = platform_object(request)
    return misbehave("GROUP_BOT", lambda: _send(body))


def _send(body: dict[str, Any]) -> HttpResponse:
    kind, part = bodies.content_of(body, ROBOT_TYPES, owner="robot")
    if kind == "text":
        bodies.limit_bytes(part["content"], bodies.TEXT_BYTES)
    elif kind in ("markdown", "markdown_v2"):
        bodies.limit_bytes(part["content"], MARKDOWN_BYTES)
    elif kind == "template_card" and part["card_type"] not in bodies.NOTICE_CARDS:
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


def require_key(request: HttpRequest) -> None:
    """Raises 93000 unless the key is the one robot's, that of `GROUP_WEBHOOK_URL`."""
    expected = parse_qs(urlsplit(settings.GROUP_WEBHOOK_URL).query).get("key", [""])[0]
    if not expected or request.GET.get("key") != expected:
        raise PlatformError(93000, "invalid webhook url")
