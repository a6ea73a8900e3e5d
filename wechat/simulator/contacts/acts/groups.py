"""A customer group begins, changes and ends (§2.5)."""

import secrets
from typing import Any

from wechat.simulator.answers import InvalidRequest
from wechat.simulator.contacts import events
from wechat.simulator.contacts.acts.told import (
    NAME_LENGTH,
    Done,
    the_chat,
    the_colleague,
    whole,
    word,
    words,
)
from wechat.simulator.contacts.group_transfers import hand_to
from wechat.simulator.contacts.models import (
    Colleague,
    Contact,
    GroupChat,
    GroupMember,
    GroupStatus,
    new_version,
)

NOTICE_LENGTH = 500
JOIN_SCENES = 3


def group_create(body: dict[str, Any]) -> Done:
    """`{name, owner, members?}`."""
    owner = the_colleague(body, "owner")
    chat = GroupChat.objects.create(
        chat_id=f"wr{secrets.token_hex(15)}",
        name=word(body, "name", most=NAME_LENGTH),
        owner=owner.userid,
    )
    members = [owner.userid, *words(body, "members", least=0)]
    _join(chat, list(dict.fromkeys(members)), scene=1)
    return Done([events.chat(chat, "create")], {"chat_id": chat.chat_id})


def group_join(body: dict[str, Any]) -> Done:
    """`{chat_id, members, join_scene?}`; scene 0 invited, 3 by QR code."""
    chat, scene = the_chat(body), whole(body, "join_scene", most=JOIN_SCENES, default=0)
    members = words(body, "members")
    if chat.members.filter(userid__in=members).exists():
        raise InvalidRequest("members", "已经在群里")
    _join(chat, members, scene=scene)
    return _changed(chat, "add_member", members, {"JoinScene": scene})


def group_quit(body: dict[str, Any]) -> Done:
    """`{chat_id, members, quit_scene?}`; scene 0 left, 1 removed."""
    chat, scene = the_chat(body), whole(body, "quit_scene", most=1, default=0)
    members = words(body, "members")
    present = chat.members.filter(userid__in=members)
    if present.count() < len(members) or chat.owner in members:
        raise InvalidRequest("members", "不在群里，或是群主")
    present.delete()
    return _changed(chat, "del_member", members, {"QuitScene": scene})


def group_owner(body: dict[str, Any]) -> Done:
    """`{chat_id, owner}`."""
    chat = the_chat(body)
    hand_to(chat, the_colleague(body, "owner"), GroupStatus.NORMAL)
    return Done([events.chat(chat, "update", "change_owner")])


def group_rename(body: dict[str, Any]) -> Done:
    """`{chat_id, name}`."""
    chat = the_chat(body)
    chat.name = word(body, "name", most=NAME_LENGTH)
    chat.save(update_fields=["name"])
    return Done([events.chat(chat, "update", "change_name")])


def group_notice(body: dict[str, Any]) -> Done:
    """`{chat_id, notice}`; empty takes it down."""
    chat = the_chat(body)
    chat.notice = word(body, "notice", most=NOTICE_LENGTH, default="")
    chat.save(update_fields=["notice"])
    return Done([events.chat(chat, "update", "change_notice")])


def group_dismiss(body: dict[str, Any]) -> Done:
    """`{chat_id}`."""
    chat = the_chat(body)
    event = events.chat(chat, "dismiss")
    chat.delete()
    return Done([event])


def _join(chat: GroupChat, userids: list[str], *, scene: int) -> None:
    names = dict(Colleague.objects.filter(userid__in=userids).values_list("userid", "name"))
    guests = {
        row.external_userid: row for row in Contact.objects.filter(external_userid__in=userids)
    }
    unknown = [userid for userid in userids if userid not in names and userid not in guests]
    if unknown:
        raise InvalidRequest("members", f"没有这位成员或客户：{unknown[0]}")
    invitor = chat.owner if scene != JOIN_SCENES else ""
    GroupMember.objects.bulk_create(
        GroupMember(
            chat=chat,
            userid=userid,
            kind=1 if userid in names else 2,
            name=names.get(userid) or guests[userid].name,
            unionid="" if userid in names else guests[userid].unionid,
            join_scene=scene or 1,
            invitor="" if userid == chat.owner else invitor,
        )
        for userid in userids
    )


def _changed(chat: GroupChat, detail: str, members: list[str], scene: dict[str, int]) -> Done:
    last, chat.member_version = chat.member_version, new_version()
    chat.save(update_fields=["member_version"])
    event = events.chat(chat, "update", detail, numbers=scene, changed=members, last_version=last)
    return Done([event])
