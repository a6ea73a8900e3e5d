"""What followers do beside writing, event by event (wechat-protocol.md §2.8)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.errors import InvalidInputError
from config.runtime import store
from customers.actions.assign import customer_assign
from customers.actions.tags import tags_add
from customers.actors import Entry, system_actor
from customers.models import User
from messaging.actions.receipts import receipt_apply
from tickets.assistant import reception
from tickets.assistant.heard import Heard
from tickets.chat.entries.inbound import customer_touched
from wechat.channels.official.receipts import JOB_FINISHED, receipt_of
from wechat.menu_choices import intent_of
from wechat.models import OfficialFollower, OfficialQrCode
from wechat.official import followers
from wechat.official.chat_entry import ENTRY
from wechat.official.messages import moment_of, text

GREETING = "wechat.official_greeting"
_FOLLOWED_BY_CODE = "qrscene_"


@dataclass(frozen=True)
class Happened:
    payload: dict[str, Any]
    openid: str
    external_id: str

    @property
    def told_at(self) -> datetime | None:
        return moment_of(self.payload)

    @property
    def at(self) -> datetime:
        return followers.now_or(self.told_at)

    def field(self, name: str) -> str:
        return text(self.payload, name)


def happened(event: str, payload: dict[str, Any], openid: str, external_id: str) -> Heard | None:
    """What came of it, what to say included; None for an event that we do not know."""
    act = _ACTS.get(event)
    return act(Happened(payload, openid, external_id)) if act is not None else None


def _subscribe(event: Happened) -> Heard:
    scene = event.field("EventKey").removeprefix(_FOLLOWED_BY_CODE)[:64]
    _touched(event)
    code = followers.code_scanned(scene, is_follow=True)
    follower, is_first = followers.follower_followed(
        openid=event.openid, scene=scene, code=code, at=event.at
    )
    if not follower.is_subscribed:
        return Heard(note="已被之后的取消关注覆盖")
    if follower.customer.is_blocked:
        return Heard(note="客户已拉黑")
    _came_by(follower, code)
    greeting = (code.greeting if code is not None else "") or str(store.get(GREETING))
    return Heard(reply=greeting, note="新粉丝" if is_first else "再次关注")


def _unsubscribe(event: Happened) -> Heard:
    follower = followers.follower_left(openid=event.openid, at=event.at)
    return Heard(note="取消关注" if follower is not None else "不认识的粉丝取消关注")


def _scan(event: Happened) -> Heard:
    """Whoever follows already: the code's tags and owner, its greeting, but not a first scene."""
    scene = event.field("EventKey")[:64]
    _touched(event)
    code = followers.code_scanned(scene, is_follow=False)
    follower = followers.follower_seen(openid=event.openid, at=event.at)
    if follower.customer.is_blocked:
        return Heard(note="客户已拉黑")
    followers.follower_scanned(follower, scene=scene, code=code)
    _came_by(follower, code)
    greeting = code.greeting if code is not None else ""
    return Heard(reply=greeting, note=f"扫码：{code.name if code is not None else scene}")


def _click(event: Happened) -> Heard:
    key = event.field("EventKey")
    intent = intent_of(key)
    if intent is None:
        _touched(event)
        followers.follower_seen(openid=event.openid, at=event.at)
        return Heard(note=f"没有这个菜单：{key[:64]}")
    heard = reception.hear_choice(
        entry=ENTRY.code,
        address=event.openid,
        intent=intent,
        external_id=event.external_id,
        at=event.told_at,
    )
    followers.follower_seen(openid=event.openid, at=event.at)
    return heard


def _view(event: Happened) -> Heard:
    """A menu's link was opened; the page speaks for itself."""
    _touched(event)
    followers.follower_seen(openid=event.openid, at=event.at)
    return Heard(note=f"打开链接：{event.field('EventKey')[:200]}")


def _location(event: Happened) -> Heard | None:
    try:
        latitude, longitude = float(event.field("Latitude")), float(event.field("Longitude"))
    except ValueError:
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    is_known = followers.follower_located(
        openid=event.openid, latitude=latitude, longitude=longitude, at=event.at
    )
    return Heard(note="已更新位置" if is_known else "没有这个粉丝，或位置已过时")


def _job_finished(event: Happened) -> Heard | None:
    try:
        receipt = receipt_of(event.payload)
    except InvalidInputError:
        return None
    if receipt is None:
        return None
    is_moved = receipt_apply(ENTRY.channel, receipt)
    return Heard(note=f"模板消息回执：{receipt.code or '成功'}{'' if is_moved else '（无变化）'}")


def _touched(event: Happened) -> None:
    """The platform takes three messages within a minute of it. Before the customer's other locks."""
    customer_touched(entry=ENTRY.code, address=event.openid, at=event.told_at)


def _came_by(follower: OfficialFollower, code: OfficialQrCode | None) -> None:
    """The code's tags, and its owner for a customer whom nobody follows up."""
    if code is None or not code.is_active:
        return
    actor = system_actor(Entry.OFFICIAL_ACCOUNT)
    tags = list(code.tags.values_list("pk", flat=True))
    if tags:
        tags_add(customer_id=follower.customer_id, tag_ids=tags, actor=actor)
    owner: User | None = code.owner
    if owner is not None and owner.is_active and follower.customer.follow_user_id is None:
        customer_assign(
            customer_id=follower.customer_id,
            to_user=owner,
            actor=actor,
            note=f"公众号二维码「{code.name}」",
        )


_ACTS: dict[str, Callable[[Happened], Heard | None]] = {
    "subscribe": _subscribe,
    "unsubscribe": _unsubscribe,
    "SCAN": _scan,
    "CLICK": _click,
    "VIEW": _view,
    "LOCATION": _location,
    JOB_FINISHED: _job_finished,
}
# Words that the platform answers with what we say, while it waits.
ANSWERED = frozenset({"", "subscribe", "SCAN", "CLICK"})
