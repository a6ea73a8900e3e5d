"""The self-built app's messages to members: sent, changed, taken back (wechat-protocol.md §4.2)."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from wechat.simulator import bodies, cards, members
from wechat.simulator.answers import PlatformError, ok, platform, platform_object
from wechat.simulator.faults import misbehave
from wechat.simulator.models import ChatMessage, Delivery
from wechat.simulator.recipients import recipients_of
from wechat.simulator.tokens import require_token

MEMBER_PER_MINUTE = 30
DUPLICATE_SECONDS = 1800
DUPLICATE_MOST_SECONDS = 14_400
RECALL_HOURS = 24
APP_TYPES = {"text", "markdown", "textcard", "template_card", "image", "file", "voice", "news"}


@platform("POST")
def message_send(request: HttpRequest) -> HttpResponse:
    """`POST message/send`."""
    require_token(request)
    body = platform_object(request)
    if body.get("agentid") != settings.WECOM_AGENT_ID:
        raise PlatformError(301002, "not allow operate another agent")
    return misbehave("WORK_WECHAT", lambda: _send(body))


def _send(body: dict[str, Any]) -> HttpResponse:
    kind, part = bodies.content_of(body, APP_TYPES, owner="app")
    if kind in ("text", "markdown"):
        part = {**part, "content": bodies.cut(part["content"], bodies.TEXT_BYTES)}
    recipients = recipients_of(body)
    interval = _duplicate_interval(body)
    payload = {"msgtype": kind, kind: part}
    digest = _digest(recipients.known, payload)
    answer: dict[str, str] = dict(recipients.unknown)
    with transaction.atomic():
        first = _sent_before(digest, interval)
        answer["msgid"] = first or secrets.token_urlsafe(24)
        if not first:
            if kind == "template_card":
                answer["response_code"] = cards.issue_code(answer["msgid"], part)
            _deliver(recipients.known, payload, answer["msgid"], digest)
    return ok(**answer)


def _duplicate_interval(body: dict[str, Any]) -> int:
    """Seconds within which the same message counts once; 0 when the check is off."""
    if body.get("enable_duplicate_check") != 1:
        return 0
    interval = body.get("duplicate_check_interval", DUPLICATE_SECONDS)
    if not isinstance(interval, int) or not 0 < interval <= DUPLICATE_MOST_SECONDS:
        raise PlatformError(40058, "duplicate_check_interval takes 1 to 14400 seconds")
    return interval


def _sent_before(digest: str, interval: int) -> str:
    """The first message's id, when the duplicate check finds one."""
    if not interval:
        return ""
    since = timezone.now() - timedelta(seconds=interval)
    first = Delivery.objects.filter(digest=digest, received_at__gt=since).order_by("id").first()
    return first.msgid if first else ""


def _deliver(users: Sequence[str], payload: dict[str, Any], msgid: str, digest: str) -> None:
    """Beyond 30 a minute a member's messages are dropped without a word, as in reality."""
    minute = timezone.now() - timedelta(seconds=60)
    recent = dict(
        Delivery.objects.filter(channel="WORK_WECHAT", to__in=users, received_at__gt=minute)
        .values_list("to")
        .annotate(count=Count("id"))
    )
    reached = [user for user in users if recent.get(user, 0) < MEMBER_PER_MINUTE]
    Delivery.objects.bulk_create(
        Delivery(channel="WORK_WECHAT", to=user, payload=payload, msgid=msgid, digest=digest)
        for user in reached
    )
    ChatMessage.objects.bulk_create(
        ChatMessage(
            chat_id=f"app:{user}",
            sender="app",
            kind=payload["msgtype"],
            content=payload,
            msgid=msgid,
        )
        for user in reached
        if user in members.MEMBERS
    )


@platform("POST")
def message_recall(request: HttpRequest) -> HttpResponse:
    """`POST message/recall`, within 24 hours."""
    require_token(request)
    msgid = platform_object(request).get("msgid")
    since = timezone.now() - timedelta(hours=RECALL_HOURS)
    if not isinstance(msgid, str) or not msgid:
        raise PlatformError(40058, "msgid missing")
    if not Delivery.objects.filter(msgid=msgid, received_at__gt=since).exists():
        raise PlatformError(40058, "msgid unknown or older than 24 hours")
    for message in ChatMessage.objects.filter(msgid=msgid):
        message.change(kind="recalled", content={"msgtype": "recalled"})
    return ok()


def _digest(users: Sequence[str], payload: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps([users, payload], sort_keys=True).encode()).hexdigest()
