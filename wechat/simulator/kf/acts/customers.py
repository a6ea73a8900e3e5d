"""What a customer does in WeChat."""

import base64
import binascii
import secrets
from datetime import timedelta
from typing import Any

from django.utils import timezone

from wechat.simulator.answers import InvalidRequest
from wechat.simulator.contacts.acts.told import NAME_LENGTH, word
from wechat.simulator.contacts.models import Contact
from wechat.simulator.kf.items import EVENT_CODE_SECONDS, code_make, event_write, item_write
from wechat.simulator.kf.models import KfAccount, KfItem, KfSession, Origin
from wechat.simulator.kf.sending import ENDED, NEW, WINDOW
from wechat.simulator.media import keep_media

CONTENT_LENGTH = 5000
MEDIA = ("image", "voice", "video", "file")
# Eight by eight pixels, white.
PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFElEQVR42mP8//8/AzbAxIADDE4JAFbUAw1h62h+"
    "AAAAAElFTkSuQmCC"
)


def customer_enters(account: KfAccount, body: dict[str, Any]) -> KfItem:
    """`{external_userid or name, scene?, scene_param?, welcome?}`; a code while nobody talks."""
    session = _session(account, body)
    scene = word(body, "scene", default="")
    session.scene = scene or session.scene
    written = session.last_customer_at
    is_quiet = written is None or timezone.now() - written > WINDOW
    session.save()
    fields: dict[str, Any] = {
        "external_userid": session.external_userid,
        "scene": scene,
        "scene_param": word(body, "scene_param", default=""),
    }
    if body.get("welcome", is_quiet) is True:
        fields["welcome_code"] = code_make(account, EVENT_CODE_SECONDS, session.external_userid)
    return event_write(account, "enter_session", **fields)


def customer_says(account: KfAccount, body: dict[str, Any]) -> KfItem:
    """`{content, menu_id?}`, or `{msgtype, …}` with that type's part, or a file in `base64`."""
    session = _session(account, body)
    if session.state == ENDED:
        session.state, session.servicer_userid = NEW, ""
    session.last_customer_at, session.sent = timezone.now(), 0
    session.save()
    return item_write(
        account, Origin.CUSTOMER, _content(body), external_userid=session.external_userid
    )


def customer_recalls(account: KfAccount, body: dict[str, Any]) -> KfItem:
    """`{msgid}`: one of their own of the last two minutes."""
    item = account.items.filter(msgid=word(body, "msgid"), origin=Origin.CUSTOMER).first()
    if item is None or timezone.now() - item.send_time > timedelta(minutes=2):
        raise InvalidRequest("msgid", "没有这条消息，或已超过 2 分钟")
    item.is_recalled = True
    item.save(update_fields=["is_recalled"])
    return event_write(
        account,
        "user_recall_msg",
        external_userid=item.external_userid,
        recall_msgid=item.msgid,
    )


def _session(account: KfAccount, body: dict[str, Any]) -> KfSession:
    """Of a customer who is known, or of one who comes for the first time."""
    if "external_userid" in body:
        key = word(body, "external_userid")
        if not Contact.objects.filter(external_userid=key).exists():
            raise InvalidRequest("external_userid", "没有这位客户")
    else:
        key = Contact.objects.create(
            external_userid=f"wm{secrets.token_hex(15)}",
            name=word(body, "name", most=NAME_LENGTH),
            unionid=word(body, "unionid", default=""),
        ).external_userid
    rows = KfSession.objects.select_for_update()
    return rows.get_or_create(account=account, external_userid=key)[0]


def _content(body: dict[str, Any]) -> dict[str, Any]:
    kind = word(body, "msgtype", most=20, default="text")
    if kind == "text":
        text: dict[str, Any] = {"content": word(body, "content", most=CONTENT_LENGTH)}
        if "menu_id" in body:
            text["menu_id"] = word(body, "menu_id", most=128)
        return {"msgtype": kind, kind: text}
    if kind in MEDIA:
        return {"msgtype": kind, kind: {"media_id": _media(kind, body)}}
    part = body.get(kind)
    if not isinstance(part, dict):
        raise InvalidRequest(kind, "必须是一个对象")
    return {"msgtype": kind, kind: part}


def _media(kind: str, body: dict[str, Any]) -> str:
    """A picture of ours unless `base64` says otherwise; `media_id` names any, even none."""
    if "media_id" in body:
        return word(body, "media_id", most=128)
    try:
        content = base64.b64decode(word(body, "base64", most=30_000_000, default=PICTURE))
    except (binascii.Error, ValueError):
        raise InvalidRequest("base64", "不是有效的 Base64") from None
    name = word(body, "filename", default="picture.png" if kind == "image" else f"{kind}.bin")
    return keep_media(kind, "app", content, name).media_id
