"""A customer and a member become friends, part, or are noted differently (§2.4)."""

import random
import secrets
from typing import Any

from wechat.simulator.answers import InvalidRequest
from wechat.simulator.contacts import events, welcomes, writing
from wechat.simulator.contacts.acts.told import (
    NAME_LENGTH,
    Done,
    the_colleague,
    the_contact,
    the_follow,
    whole,
    word,
    words,
)
from wechat.simulator.contacts.models import Colleague, Contact, ContactWay, Follow

MAX_WAY = 1000


def customer_adds(body: dict[str, Any]) -> Done:
    """`{userid or config_id, external_userid? or name, state?, add_way?}`: they are friends.

    `config_id`: by that contact way, which brings its state and one of its members.
    """
    return _add(body, "add_external_contact")


def customer_half_adds(body: dict[str, Any]) -> Done:
    """The same without the member's confirmation."""
    return _add(body, "add_half_external_contact")


def customer_removes(body: dict[str, Any]) -> Done:
    """`{external_userid, userid}`: the customer deletes the member."""
    return _part(body, "del_follow_user")


def member_removes(body: dict[str, Any]) -> Done:
    """`{external_userid, userid}`: the member deletes the customer."""
    return _part(body, "del_external_contact")


def member_edits(body: dict[str, Any]) -> Done:
    """`{external_userid, userid, remark?, description?, …, tags?}` in the member's client.

    Nothing is told when only the mobiles changed.
    """
    row = the_follow(body)
    noted = [name for name in (*writing.LENGTHS, "remark_mobiles") if name in body]
    if noted:
        writing.annotate(row, body)
    if "tags" in body:
        wanted = words(body, "tags", least=0)
        removed = [tag_id for tag_id in row.tags if tag_id not in wanted]
        if wanted or removed:
            writing.mark(row, {"add_tag": wanted, "remove_tag": removed})
    elif not noted:
        raise InvalidRequest("remark", "没有要修改的内容")
    if noted == ["remark_mobiles"] and "tags" not in body:
        return Done([])
    return Done([_event("edit_external_contact", row)])


def _add(body: dict[str, Any], change: str) -> Done:
    member, state = _by_way(body) if "config_id" in body else _by_hand(body)
    contact = the_contact(body) if "external_userid" in body else _newcomer(body)
    row, is_new = Follow.objects.get_or_create(
        contact=contact,
        userid=member.userid,
        defaults={
            "remark": contact.name,
            "state": state,
            "add_way": whole(body, "add_way", most=MAX_WAY, default=1),
            "oper_userid": contact.external_userid,
        },
    )
    if not is_new:
        raise InvalidRequest("userid", "已经是好友")
    more = {"State": state} if state else {}
    code = welcomes.new_code(row.userid, contact.external_userid)
    event = _event(change, row, **more, WelcomeCode=code)
    return Done([event], {"external_userid": contact.external_userid})


def _by_hand(body: dict[str, Any]) -> tuple[Colleague, str]:
    return the_colleague(body), word(body, "state", default="")


def _by_way(body: dict[str, Any]) -> tuple[Colleague, str]:
    way = ContactWay.objects.filter(config_id=word(body, "config_id")).first()
    if way is None:
        raise InvalidRequest("config_id", "没有这个渠道活码")
    userid = random.choice(way.fields["user"])  # noqa: S311 - as the platform shares them out
    return the_colleague({"userid": userid}), way.fields["state"]


def _newcomer(body: dict[str, Any]) -> Contact:
    return Contact.objects.create(
        external_userid=f"wm{secrets.token_hex(15)}",
        name=word(body, "name", most=NAME_LENGTH),
        gender=whole(body, "gender", most=2, default=0),
        unionid=word(body, "unionid", default=""),
    )


def _part(body: dict[str, Any], change: str) -> Done:
    row = the_follow(body)
    event = _event(change, row)
    row.delete()
    return Done([event])


def _event(change: str, row: Follow, **more: str) -> str:
    return events.customer(change, row.userid, row.contact.external_userid, **more)
