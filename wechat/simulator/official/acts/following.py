"""Following, leaving, scanning a code, tapping the menu, telling a place (§2.8, events)."""

import secrets
from typing import Any

from django.utils import timezone

from wechat.simulator.answers import InvalidRequest
from wechat.simulator.contacts.acts.told import NAME_LENGTH, word
from wechat.simulator.models import Follower
from wechat.simulator.official.acts.told import (
    Done,
    event,
    number,
    openid_of,
    scene_of,
    the_follower,
)

KEY_LENGTH = 128
URL_LENGTH = 1024


def follow(body: dict[str, Any]) -> Done:
    """`{openid?, name?, unionid?, scene?}`: a new one without `openid`; by a code with `scene`."""
    if "openid" not in body:
        body["openid"] = f"o{secrets.token_hex(13)}"
    openid, scene = openid_of(body), scene_of(body, "")
    known = Follower.objects.select_for_update().filter(openid=openid).first()
    if known is not None and known.is_following:
        raise InvalidRequest("openid", "已经关注")
    now = timezone.now()
    fields: dict[str, Any] = {"is_following": True, "followed_at": now, "touched_at": now}
    for name, most in (("name", NAME_LENGTH), ("unionid", 64)):
        if name in body:
            fields[name] = word(body, name, most=most, default="")
    Follower.objects.update_or_create(openid=openid, defaults={**fields, "scene": scene})
    return _followed(scene)


def unfollow(body: dict[str, Any]) -> Done:
    """`{openid}`."""
    row = the_follower(body)
    row.is_following = False
    row.save(update_fields=["is_following"])
    return event("unsubscribe", "取消关注", EventKey="")


def scan(body: dict[str, Any]) -> Done:
    """`{openid, scene}`: SCAN of a follower; of somebody else it is a follow."""
    scene = scene_of(body)
    if Follower.objects.filter(openid=openid_of(body), is_following=False).exists():
        return follow(body)
    _touched(the_follower(body))
    return event("SCAN", f"扫描二维码：{scene}", EventKey=scene, Ticket=_ticket(scene))


def click(body: dict[str, Any]) -> Done:
    """`{openid, key, name?}`: a tap of the menu that we hear of."""
    key, name = word(body, "key", most=KEY_LENGTH), word(body, "name", most=64, default="")
    _touched(the_follower(body))
    return event("CLICK", f"点击菜单：{name or key}", EventKey=key)


def view(body: dict[str, Any]) -> Done:
    """`{openid, url}`: a tap of the menu that opens a page; opens no window."""
    url = word(body, "url", most=URL_LENGTH)
    the_follower(body)
    return event("VIEW", f"打开网页：{url}", EventKey=url)


def locate(body: dict[str, Any]) -> Done:
    """`{openid, latitude, longitude, precision?}`: told when the chat is entered."""
    the_follower(body)
    return event(
        "LOCATION",
        "上报地理位置",
        Latitude=f"{number(body, 'latitude', 31.2304, most=90):.6f}",
        Longitude=f"{number(body, 'longitude', 121.4737, most=180):.6f}",
        Precision=f"{number(body, 'precision', 30, most=100000):.6f}",
    )


def other(body: dict[str, Any]) -> Done:
    """`{openid, fields: {MsgType, Event?, …}}`: anything else, as it is told."""
    the_follower(body)
    fields = body.get("fields")
    if not isinstance(fields, dict) or not isinstance(fields.get("MsgType"), str):
        raise InvalidRequest("fields", "必须是对象，且有 MsgType")
    words = str(fields.get("Event") or fields["MsgType"])[:64]
    bubble = {"msgtype": "event", "event": {"content": f"其他：{words}"}}
    return Done(fields, bubble, is_message=fields["MsgType"] != "event")


def _followed(scene: str) -> Done:
    if not scene:
        return event("subscribe", "关注", EventKey="")
    return event(
        "subscribe", f"扫码关注：{scene}", EventKey=f"qrscene_{scene}", Ticket=_ticket(scene)
    )


def _touched(row: Follower) -> None:
    row.touched_at = timezone.now()
    row.save(update_fields=["touched_at"])


def _ticket(scene: str) -> str:
    return f"ticket-{scene}"
