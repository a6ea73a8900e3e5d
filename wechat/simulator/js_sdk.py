"""Tickets of the JS-SDK, and the check that WeCom's browser makes of a page's signature (§4.1)."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from wechat.simulator.answers import (
    InvalidRequest,
    PlatformError,
    json_object,
    ok,
    platform,
    sandbox_api,
)
from wechat.simulator.models import Token
from wechat.simulator.tokens import require_token

TICKET_SECONDS = 7200
CORPORATION = "jsapi"
APP = "agent_config"


@platform("GET")
def get_jsapi_ticket(request: HttpRequest) -> HttpResponse:
    """`GET get_jsapi_ticket`: for `wx.config`."""
    require_token(request)
    return _ticket(CORPORATION)


@platform("GET")
def ticket_get(request: HttpRequest) -> HttpResponse:
    """`GET ticket/get?type=agent_config`: for `wx.agentConfig`."""
    require_token(request)
    if request.GET.get("type") != APP:
        raise PlatformError(40058, "invalid type")
    return _ticket(APP)


def _ticket(owner: str) -> HttpResponse:
    """The same until it expires, however often one asks."""
    now = timezone.now()
    ticket = Token.objects.filter(owner=owner, expires_at__gt=now).order_by("id").first()
    if ticket is None:
        ticket = Token.objects.create(
            owner=owner,
            value=secrets.token_urlsafe(32),
            expires_at=now + timedelta(seconds=TICKET_SECONDS),
        )
    left = int((ticket.expires_at - now).total_seconds())
    return ok(ticket=ticket.value, expires_in=left)


@sandbox_api("POST")
def check(request: HttpRequest) -> HttpResponse:
    """What `wx.config` and `wx.agentConfig` of `sandbox/js_sdk.js` ask: `{errMsg}`, ok or why not."""
    body = json_object(request)
    kind = body.get("kind")
    if kind not in ("config", "agentConfig"):
        raise InvalidRequest("kind", "必须是 config 或 agentConfig")
    return JsonResponse({"errMsg": f"{kind}:{_verdict(kind, body)}"})


def _verdict(kind: str, body: dict[str, Any]) -> str:
    if body.get("appId" if kind == "config" else "corpid") != settings.WECOM_CORP_ID:
        return "fail invalid corpid"
    if kind == "agentConfig" and str(body.get("agentid")) != str(settings.WECOM_AGENT_ID):
        return "fail invalid agentid"
    owner = CORPORATION if kind == "config" else APP
    tickets = Token.objects.filter(owner=owner, expires_at__gt=timezone.now())
    signed = [_signature(ticket.value, body) for ticket in tickets]
    return "ok" if body.get("signature") in signed else "fail invalid signature"


def _signature(ticket: str, body: dict[str, Any]) -> str:
    page = str(body.get("url")).partition("#")[0]
    parts = [
        f"jsapi_ticket={ticket}",
        f"noncestr={body.get('nonceStr')}",
        f"timestamp={body.get('timestamp')}",
        f"url={page}",
    ]
    return hashlib.sha1("&".join(parts).encode()).hexdigest()  # noqa: S324 - the platform's own
