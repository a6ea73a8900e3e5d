"""Sending: `kf/send_msg` and, with an event's code, `kf/send_msg_on_event` (§4.6)."""

import re
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone

from wechat.simulator.answers import PlatformError, ok
from wechat.simulator.contacts.calls import text
from wechat.simulator.kf.calls import CHANNEL, account_of, kf_post
from wechat.simulator.kf.items import item_write
from wechat.simulator.kf.models import KfAccount, KfCode, KfItem, KfSession, Origin
from wechat.simulator.models import Delivery, Media

WINDOW = timedelta(hours=48)
MOST_SENT = 5
TEXT_BYTES = 2048
MSGID = re.compile(r"[0-9a-zA-Z_-]{1,32}")
MEDIA_TYPES = ("image", "voice", "video", "file")
ON_EVENT_TYPES = ("text", "msgmenu")
NEW, ASSISTANT, QUEUE, HUMAN, ENDED = range(5)


@kf_post
def send_msg(body: dict[str, Any]) -> HttpResponse:
    """The same `msgid` again is the same message: accepted, not delivered twice."""
    with transaction.atomic():
        account = account_of(body, is_locked=True)
        msgid = _msgid(body)
        content = _content(body, (*ON_EVENT_TYPES, *MEDIA_TYPES, "link", "miniprogram", "location"))
        session = session_of(account, text(body, "touser", 64, None))
        if msgid and account.items.filter(msgid=msgid, origin=Origin.API).exists():
            return ok(msgid=msgid)
        _require_window(session)
        item = _deliver(account, session.external_userid, content, msgid)
        session.sent += 1
        session.save(update_fields=["sent"])
    return ok(msgid=item.msgid)


@kf_post
def send_msg_on_event(body: dict[str, Any]) -> HttpResponse:
    """Once for each code, while it is young; counts nowhere."""
    with transaction.atomic():
        found = (
            KfCode.objects.select_for_update().filter(value=text(body, "code", 128, None)).first()
        )
        if found is None or not found.external_userid or found.is_used:
            raise PlatformError(40078, "invalid code")
        if found.expires_at <= timezone.now():
            raise PlatformError(40078, "code expired")
        content = _content(body, ON_EVENT_TYPES)
        account = account_of({"open_kfid": found.account.open_kfid}, is_locked=True)
        item = _deliver(account, found.external_userid, content, _msgid(body))
        found.is_used = True
        found.save(update_fields=["is_used"])
    return ok(msgid=item.msgid)


def session_of(account: KfAccount, external_userid: str) -> KfSession:
    """Raises 40096 for who never came to this account."""
    found = account.sessions.select_for_update().filter(external_userid=external_userid).first()
    if found is None:
        raise PlatformError(40096, "invalid external userid")
    return found


def _require_window(session: KfSession) -> None:
    if session.state == ENDED:
        raise PlatformError(95013, "conversation ended")
    if session.state not in (NEW, ASSISTANT):
        raise PlatformError(95018, "send msg session status invalid")
    written = session.last_customer_at
    if written is None or timezone.now() - written > WINDOW:
        raise PlatformError(95002, "send msg out of 48 hours")
    if session.sent >= MOST_SENT:
        raise PlatformError(95001, "send msg count limit")


def _deliver(
    account: KfAccount, external_userid: str, content: dict[str, Any], msgid: str
) -> KfItem:
    item = item_write(account, Origin.API, content, external_userid=external_userid, msgid=msgid)
    payload = {"open_kfid": account.open_kfid, "msgid": item.msgid, **content}
    Delivery.objects.create(channel=CHANNEL, to=external_userid, payload=payload, msgid=item.msgid)
    return item


def _msgid(body: dict[str, Any]) -> str:
    msgid = text(body, "msgid", 64)
    if msgid and not MSGID.fullmatch(msgid):
        raise PlatformError(40058, "invalid msgid")
    return msgid


def _content(body: dict[str, Any], allowed: tuple[str, ...]) -> dict[str, Any]:
    kind = text(body, "msgtype", 20, None)
    part = body.get(kind)
    if kind not in allowed:
        raise PlatformError(40008, "invalid message type")
    if not isinstance(part, dict):
        raise PlatformError(40035, f"missing {kind}")
    if kind == "text":
        words = part.get("content")
        if not isinstance(words, str) or not words.strip():
            raise PlatformError(44004, "empty content")
        if len(words.encode()) > TEXT_BYTES:
            raise PlatformError(40058, "content too long")
    if kind in MEDIA_TYPES and not Media.objects.filter(media_id=part.get("media_id")).exists():
        raise PlatformError(40007, "invalid media_id")
    if kind == "msgmenu" and not isinstance(part.get("list"), list):
        raise PlatformError(40035, "missing msgmenu.list")
    return {"msgtype": kind, kind: part}
