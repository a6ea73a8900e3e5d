"""What an act is told, read strictly, and what becomes of it."""

from dataclasses import dataclass
from typing import Any

from wechat.simulator.answers import InvalidRequest
from wechat.simulator.contacts.acts.told import word
from wechat.simulator.models import Follower
from wechat.simulator.official import followers

SCENE_LENGTH = 64


@dataclass(frozen=True)
class Done:
    """The callback's own fields, and the bubble on the phone.

    A message is numbered by its bubble, which is its MsgId; an event has none.
    """

    fields: dict[str, Any]
    bubble: dict[str, Any]
    is_message: bool = False


def event(name: str, words: str, **fields: Any) -> Done:
    """An event; `words` say on the phone what was done."""
    return Done(
        {"MsgType": "event", "Event": name, **fields},
        {"msgtype": "event", "event": {"content": words}},
    )


def openid_of(body: dict[str, Any]) -> str:
    openid = body.get("openid")
    if not isinstance(openid, str) or not followers.is_openid(openid):
        raise InvalidRequest("openid", "不是有效的 openid")
    return openid


def the_follower(body: dict[str, Any]) -> Follower:
    """Somebody who follows; the sandbox's own get a row now. Locked until the act is over."""
    openid = openid_of(body)
    wrote_at = followers.last_message_at(openid)
    row, _ = Follower.objects.select_for_update().get_or_create(
        openid=openid, defaults={"last_message_at": wrote_at}
    )
    if not row.is_following:
        raise InvalidRequest("openid", "没有关注公众号")
    return row


def number(body: dict[str, Any], name: str, default: float, *, most: float) -> float:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -most <= value <= most:
        raise InvalidRequest(name, f"必须是 -{most:g} 到 {most:g} 之间的数字")
    return float(value)


def scene_of(body: dict[str, Any], default: str | None = None) -> str:
    return word(body, "scene", most=SCENE_LENGTH, default=default)
