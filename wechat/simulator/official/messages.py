"""The Official Account's three kinds of message to followers (wechat-protocol.md §4.7)."""

import re
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from wechat.simulator.answers import PlatformError, ok, platform, platform_object
from wechat.simulator.faults import misbehave
from wechat.simulator.models import Delivery
from wechat.simulator.official import followers, jobs, phone
from wechat.simulator.official.tokens import require_token

TEXT_BYTES = 2048
KNOWN_AGAIN = timedelta(minutes=10)
CLIENT_MSG_ID_LENGTH = 32
_LIMITS: dict[str, tuple[int, str]] = {
    "thing": (20, r".*"),
    "number": (32, r"-?[\d.]+"),
    "letter": (32, r"[A-Za-z]+"),
    "character_string": (32, r"[\x20-\x7e]+"),
    "phrase": (5, r"[\u4e00-\u9fff]+"),
    "phone_number": (17, r"[\d+() -]+"),
    "car_number": (8, r".*"),
}


@platform("POST")
def custom_send(request: HttpRequest) -> HttpResponse:
    """`POST message/custom/send`."""
    return _taken(request, _custom)


@platform("POST")
def template_send(request: HttpRequest) -> HttpResponse:
    """`POST message/template/send`."""
    return _taken(request, _template)


@platform("POST")
def subscribe_send(request: HttpRequest) -> HttpResponse:
    """`POST message/subscribe/bizsend`."""
    return _taken(request, _subscribe)


def _taken(
    request: HttpRequest, deliver: Callable[[dict[str, Any], str], HttpResponse]
) -> HttpResponse:
    require_token(request)
    body = platform_object(request)
    return misbehave("WECHAT", lambda: deliver(body, followers.require(body.get("touser"))))


@transaction.atomic
def _custom(body: dict[str, Any], openid: str) -> HttpResponse:
    if body.get("msgtype") != "text":
        raise PlatformError(40008, "invalid message type")
    part = body.get("text")
    content = part.get("content") if isinstance(part, dict) else None
    if not isinstance(content, str) or not content:
        raise PlatformError(44004, "empty content")
    if len(content.encode()) > TEXT_BYTES:
        raise PlatformError(45002, "content size out of limit")
    followers.require_window(openid)
    Delivery.objects.create(channel="WECHAT", to=openid, payload=body)
    phone.show(openid, "custom", {"msgtype": "text", "text": {"content": content}})
    return ok()


def _template(body: dict[str, Any], openid: str) -> HttpResponse:
    """The same `client_msg_id` within ten minutes is one message, with one number and one event."""
    _check_template(body)
    key = body.get("client_msg_id")
    if key is not None and not (isinstance(key, str) and 0 < len(key) <= CLIENT_MSG_ID_LENGTH):
        raise PlatformError(40035, "invalid client_msg_id")
    digest = f"client:{key}" if key else ""
    with transaction.atomic():
        since = timezone.now() - KNOWN_AGAIN
        known = Delivery.objects.filter(digest=digest, received_at__gt=since).first()
        if key and known is not None:
            return ok(msgid=int(known.msgid))
        number = 10**15 + secrets.randbelow(10**15)
        Delivery.objects.create(
            channel="WECHAT", to=openid, payload=body, msgid=str(number), digest=digest
        )
        if not openid.startswith("oBlocks"):
            phone.show(openid, "template", {"msgtype": "template", "template": _shown(body)})
    jobs.finish(openid, number)
    return ok(msgid=number)


@transaction.atomic
def _subscribe(body: dict[str, Any], openid: str) -> HttpResponse:
    _check_template(body)
    for key, field in body["data"].items():
        most, pattern = _LIMITS.get(key.rstrip("0123456789"), (200, r".*"))
        value = field["value"]
        if not 0 < len(value) <= most or not re.fullmatch(pattern, value, re.DOTALL):
            raise PlatformError(47003, f"argument invalid! data.{key}.value invalid")
    if openid.startswith("oRefuses"):
        raise PlatformError(43101, "user refuse to accept the msg")
    Delivery.objects.create(channel="WECHAT", to=openid, payload=body)
    phone.show(openid, "subscribe", {"msgtype": "template", "template": _shown(body)})
    return ok()


def _shown(body: dict[str, Any]) -> dict[str, Any]:
    """What of a template message a phone shows: its lines, and where a tap leads."""
    lines = [field["value"] for field in body["data"].values()]
    return {
        "template_id": body["template_id"],
        "url": str(body.get("url") or ""),
        "content": "\n".join(lines),
    }


def _check_template(body: dict[str, Any]) -> None:
    """Raises 40037 (no such template) or 47003 (its data)."""
    template_id, data = body.get("template_id"), body.get("data")
    if not isinstance(template_id, str) or not template_id or template_id.startswith("unknown"):
        raise PlatformError(40037, "invalid template_id")
    if not isinstance(data, dict) or not data:
        raise PlatformError(47003, "argument invalid! data missing")
    for key, field in data.items():
        if not isinstance(field, dict) or not isinstance(field.get("value"), str):
            raise PlatformError(47003, f"argument invalid! data.{key}.value")
