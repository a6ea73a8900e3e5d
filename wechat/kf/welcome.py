"""Greeting who opens a talk: once for each code, within 20 seconds (`kf/send_msg_on_event`)."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from config.events.publish import enqueue
from config.logs import get_logger
from config.runtime import store
from messaging.channels.base import Outcome, Result
from messaging.markup import cut_utf8
from tickets.models import Intent
from wechat.channels.kf.sender import TEXT_BYTES
from wechat.client.blocking import BlockingClient, PlatformRefusal
from wechat.models import KfCustomer, Welcome, WelcomeStatus

logger = get_logger(__name__)

SETTING = "kf.welcome"
TASK = "wechat.tasks.kf.greet"
QUEUE = "welcome"
KIND = "kf"
CODE_SECONDS = 20
# A call takes a moment.
MARGIN_SECONDS = 2
MOST_TRIES = 3
CODE_LENGTH = 255
MENU = (Intent.PROGRESS, Intent.HUMAN, Intent.BIND)


def wish(row: KfCustomer, code: str, at: datetime) -> str:
    """In the callback's transaction; what became of it, for operators."""
    words = str(store.get(SETTING)["text"]).strip()
    if not words or len(code) > CODE_LENGTH:
        return "没有设置欢迎语"
    greeting, is_new = Welcome.objects.get_or_create(
        code=code,
        defaults={
            "kind": KIND,
            "external_userid": row.external_userid,
            "state": row.scene,
            "text": words,
            "expires_at": at + timedelta(seconds=CODE_SECONDS - MARGIN_SECONDS),
        },
    )
    if is_new:
        enqueue(TASK, [[greeting.pk]], queue=QUEUE)
    return "发送欢迎语"


def greet(welcome_id: int) -> None:
    """Sends it, unless it was sent or is too late; the same `msgid` makes a repetition nothing twice."""
    pending = Welcome.objects.filter(pk=welcome_id, kind=KIND, status=WelcomeStatus.PENDING)
    if not pending.update(attempts=F("attempts") + 1):
        return
    row = Welcome.objects.get(pk=welcome_id)
    with BlockingClient() as client:
        result = _try(client, row)
        while result.outcome == Outcome.RETRY and row.attempts < MOST_TRIES:
            row.attempts += 1
            result = _try(client, row)
    status = {
        Outcome.SENT: WelcomeStatus.SENT,
    }.get(result.outcome, WelcomeStatus.FAILED)
    if result.code == "late":
        status = WelcomeStatus.LATE
    pending.update(
        status=status,
        attempts=row.attempts,
        error=f"{result.detail}（{result.code}）"[:200] if result.detail else "",
        sent_at=timezone.now() if status == WelcomeStatus.SENT else None,
    )


def _try(client: BlockingClient, row: Welcome) -> Result:
    if timezone.now() >= row.expires_at:
        return Result(Outcome.PERMANENT, "late", "超过 20 秒，欢迎语已不能发送")
    try:
        client.post("kf/send_msg_on_event", body_of(row))
    except PlatformRefusal as refusal:
        logger.warning("kf_welcome_refused", welcome=row.pk, code=refusal.result.code)
        return refusal.result
    return Result(Outcome.SENT)


def body_of(row: Welcome) -> dict[str, Any]:
    """With a menu, if the setting says so: a line that is tapped comes back with its `menu_id`."""
    same = {"code": row.code, "msgid": f"welcome{row.pk}"}
    words = cut_utf8(row.text, TEXT_BYTES)
    if not store.get(SETTING)["menu"]:
        return {**same, "msgtype": "text", "text": {"content": words}}
    lines = [
        {"type": "click", "click": {"id": intent.value, "content": intent.label}} for intent in MENU
    ]
    return {**same, "msgtype": "msgmenu", "msgmenu": {"head_content": words, "list": lines}}
