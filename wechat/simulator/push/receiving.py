"""A browser's push service (RFC 8030): verifies, opens, shows in the outbox."""

import json
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse

from wechat.simulator.answers import PlatformError, is_storable, sandbox_api
from wechat.simulator.faults import misbehave
from wechat.simulator.models import Delivery
from wechat.simulator.push import encryption, vapid
from wechat.simulator.push.subscriptions import GONE

MOST_BYTES = 4096
MOST_TTL_DIGITS = 10
URGENCIES = ("very-low", "low", "normal", "high")
RATE_LIMIT_ERRCODE = 45009
RETRY_AFTER_SECONDS = 30


@sandbox_api("POST")
def push(request: HttpRequest, token: str) -> HttpResponse:
    """`POST /sandbox/push/<token>`: 201 with `Location`, or what a push service refuses with."""
    origin = f"{request.scheme}://{request.get_host()}"
    try:
        vapid.require_token(request.headers.get("Authorization", ""), origin)
    except vapid.Unauthorised as refused:
        return HttpResponse(refused.why, status=refused.status)
    try:
        return misbehave("APP", lambda: _accept(request, token))
    except PlatformError as ordered:
        return _ordered(int(ordered.errcode))


def _ordered(errcode: int) -> HttpResponse:
    if errcode == RATE_LIMIT_ERRCODE:
        return HttpResponse(status=429, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
    return HttpResponse(status=errcode if 400 <= errcode <= 599 else 400)


def _accept(request: HttpRequest, token: str) -> HttpResponse:
    if token.startswith(GONE):
        return HttpResponse("push subscription has unsubscribed or expired", status=410)
    body = request.body
    if len(body) > MOST_BYTES:
        return HttpResponse("payload too large", status=413)
    fault = _header_fault(request)
    if fault:
        return HttpResponse(fault, status=400)
    try:
        content = encryption.open_sealed(token, body)
    except encryption.Unreadable:
        # A real service never knows; the browser would drop it without a word.
        return HttpResponse("not sealed for this subscription", status=400)
    number = secrets.token_hex(16)
    payload = {"notification": _shown(content), "ttl": int(request.headers["TTL"])}
    for name in ("Urgency", "Topic"):
        if name in request.headers:
            payload[name.lower()] = request.headers[name]
    Delivery.objects.create(channel="APP", to=token[:128], payload=payload, msgid=number)
    location = request.build_absolute_uri(f"/sandbox/push/message/{number}")
    return HttpResponse(status=201, headers={"Location": location})


def _header_fault(request: HttpRequest) -> str:
    ttl = request.headers.get("TTL", "")
    if not (ttl.isascii() and ttl.isdigit() and len(ttl) <= MOST_TTL_DIGITS):
        return "TTL header required"
    if request.headers.get("Content-Encoding") != "aes128gcm":
        return "Content-Encoding must be aes128gcm"
    if request.headers.get("Urgency", "normal") not in URGENCIES:
        return "unknown Urgency"
    if len(request.headers.get("Topic", "")) > 32:
        return "Topic is too long"
    return ""


def _shown(content: bytes) -> Any:
    """The JSON that a service worker would read, else the text."""
    text = content.decode(errors="replace").replace("\x00", "")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if is_storable(value) else text
