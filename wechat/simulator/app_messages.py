"""The self-built app's calls: tokens, messages to members, members, media (wechat-protocol.md §4)."""

import hashlib
import json
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from wechat.simulator import bodies, members
from wechat.simulator.answers import PlatformError, ok, platform, platform_object
from wechat.simulator.faults import misbehave
from wechat.simulator.models import ChatMessage, Delivery, Media, Token

TOKEN_SECONDS = 7200
MEMBER_PER_MINUTE = 30
MAX_RECIPIENTS = 1000
MEDIA_BYTES = 20 * 1024 * 1024
APP_TYPES = {"text", "markdown", "textcard", "template_card", "image", "file", "voice", "news"}


@platform("GET")
def gettoken(request: HttpRequest) -> HttpResponse:
    if request.GET.get("corpid") != settings.WECOM_CORP_ID:
        raise PlatformError(40013, "invalid corpid")
    if request.GET.get("corpsecret") != settings.WECOM_CORP_SECRET:
        raise PlatformError(40001, "invalid credential")
    now = timezone.now()
    with transaction.atomic():
        token = Token.objects.filter(expires_at__gt=now).first()
        if token is None:
            token = Token.objects.create(
                value=secrets.token_urlsafe(32), expires_at=now + timedelta(seconds=TOKEN_SECONDS)
            )
    left = int((token.expires_at - now).total_seconds())
    return ok(access_token=token.value, expires_in=left)


@platform("POST")
def message_send(request: HttpRequest) -> HttpResponse:
    require_token(request)
    body = platform_object(request)
    if body.get("agentid") != settings.WECOM_AGENT_ID:
        raise PlatformError(301002, "not allow operate another agent")
    return misbehave("WORK_WECHAT", lambda: _send(body))


def _send(body: dict[str, Any]) -> HttpResponse:
    kind, part = bodies.content_of(body, APP_TYPES)
    if kind in ("text", "markdown"):
        part = {**part, "content": bodies.cut(part["content"], bodies.TEXT_BYTES)}
    wanted = [user for user in str(body.get("touser") or "").split("|") if user]
    if not wanted or len(wanted) > MAX_RECIPIENTS:
        raise PlatformError(40003, "invalid touser")
    known = list(members.MEMBERS) if wanted == ["@all"] else list(filter(members.is_member, wanted))
    unknown = [user for user in wanted if user != "@all" and user not in known]
    if not known:
        raise PlatformError(81013, "user & party & tag all invalid")
    payload = {"msgtype": kind, kind: part}
    digest = _digest(wanted, payload)
    with transaction.atomic():
        msgid = _sent_before(body, digest)
        if not msgid:
            msgid = secrets.token_urlsafe(24)
            for user in known:
                _deliver(user, payload, msgid, digest)
    answer = {"msgid": msgid, "invaliduser": "|".join(unknown)}
    if kind == "template_card":
        answer["response_code"] = secrets.token_urlsafe(16)
    return ok(**answer)


def _sent_before(body: dict[str, Any], digest: str) -> str:
    """The first message's id, when the duplicate check is on and finds one."""
    if body.get("enable_duplicate_check") != 1:
        return ""
    interval = min(int(body.get("duplicate_check_interval") or 1800), 14_400)
    since = timezone.now() - timedelta(seconds=interval)
    first = Delivery.objects.filter(digest=digest, received_at__gt=since).first()
    return first.msgid if first else ""


def _deliver(user: str, payload: dict[str, Any], msgid: str, digest: str) -> None:
    """Beyond 30 a minute a member's messages are dropped without a word, as in reality."""
    minute = timezone.now() - timedelta(seconds=60)
    recent = Delivery.objects.filter(channel="WORK_WECHAT", to=user, received_at__gt=minute)
    if recent.count() >= MEMBER_PER_MINUTE:
        return
    Delivery.objects.create(
        channel="WORK_WECHAT", to=user, payload=payload, msgid=msgid, digest=digest
    )
    if user in members.MEMBERS:
        ChatMessage.objects.create(
            chat_id=f"app:{user}", sender="app", kind=payload["msgtype"], content=payload
        )


@platform("POST")
def message_recall(request: HttpRequest) -> HttpResponse:
    require_token(request)
    msgid = platform_object(request).get("msgid")
    if not isinstance(msgid, str) or not Delivery.objects.filter(msgid=msgid).exists():
        raise PlatformError(40058, "invalid msgid")
    return ok()


@platform("GET")
def user_get(request: HttpRequest) -> HttpResponse:
    require_token(request)
    userid = request.GET.get("userid", "")
    if not members.is_member(userid):
        raise PlatformError(60111, "userid not found")
    return ok(userid=userid, name=members.name_of(userid), department=[1], status=1)


@platform("POST")
def media_upload(request: HttpRequest) -> HttpResponse:
    require_token(request)
    return upload(request, owner="app")


def upload(request: HttpRequest, *, owner: str) -> HttpResponse:
    kind = request.GET.get("type", "")
    if kind not in ("file", "image", "voice", "video"):
        raise PlatformError(40004, "invalid media type")
    file = request.FILES.get("media")
    if file is None or file.size is None or file.size < 5:
        raise PlatformError(44001, "empty media data")
    if file.size > MEDIA_BYTES or (kind == "voice" and file.size > 2 * 1024 * 1024):
        raise PlatformError(40009, "invalid media size")
    media = Media.objects.create(
        media_id=secrets.token_urlsafe(24), kind=kind, owner=owner, size=file.size
    )
    created_at = str(int(media.created_at.timestamp()))
    return ok(type=kind, media_id=media.media_id, created_at=created_at)


def require_token(request: HttpRequest) -> None:
    value = request.GET.get("access_token", "")
    if not value:
        raise PlatformError(41001, "access_token missing")
    token = Token.objects.filter(value=value).first()
    if token is None:
        raise PlatformError(40014, "invalid access_token")
    if token.expires_at <= timezone.now():
        raise PlatformError(42001, "access_token expired")


def _digest(wanted: list[str], payload: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps([wanted, payload], sort_keys=True).encode()).hexdigest()
