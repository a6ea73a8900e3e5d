"""A customer group gets another owner: `groupchat/transfer`, `groupchat/onjob_transfer`."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse

from wechat.simulator.answers import ok
from wechat.simulator.contacts.calls import colleague, contact_post, texts
from wechat.simulator.contacts.models import (
    Colleague,
    GroupChat,
    GroupMember,
    GroupStatus,
    new_version,
)

GROUPS_A_CALL = 100
OWNER_HAS_NOT_LEFT = 90500
NOT_A_CUSTOMER_GROUP = 90501
OWNER_HAS_LEFT = 90502
IS_THE_OWNER = 90507
MESSAGES = {
    OWNER_HAS_NOT_LEFT: "the owner of this chat is not resigned",
    NOT_A_CUSTOMER_GROUP: "not external group chat",
    OWNER_HAS_LEFT: "the owner of this chat is resigned",
    IS_THE_OWNER: "the new owner owns this chat already",
}


@contact_post
def resigned(body: dict[str, Any]) -> HttpResponse:
    """`POST groupchat/transfer`: of owners who left; 90500 while one is still here."""
    return _transfer(body, is_resigned=True)


@contact_post
def on_job(body: dict[str, Any]) -> HttpResponse:
    """`POST groupchat/onjob_transfer`: of owners who are here; 90502 when one has left."""
    return _transfer(body, is_resigned=False)


@transaction.atomic
def _transfer(body: dict[str, Any], *, is_resigned: bool) -> HttpResponse:
    """At once, unlike customers; the answer lists those that were not moved."""
    chat_ids = texts(body, "chat_id_list", least=1, most=GROUPS_A_CALL)
    owner = colleague(body.get("new_owner"))
    rows = GroupChat.objects.select_for_update().filter(chat_id__in=chat_ids).order_by("pk")
    chats = {row.chat_id: row for row in rows}
    gone = set(Colleague.objects.exclude(left_at=None).values_list("userid", flat=True))
    failed = []
    for chat_id in chat_ids:
        chat = chats.get(chat_id)
        if chat is None:
            failed.append(_failure(chat_id, NOT_A_CUSTOMER_GROUP))
        elif (chat.owner in gone) != is_resigned:
            code = OWNER_HAS_NOT_LEFT if is_resigned else OWNER_HAS_LEFT
            failed.append(_failure(chat_id, code))
        elif chat.owner == owner.userid:
            failed.append(_failure(chat_id, IS_THE_OWNER))
        else:
            hand_to(chat, owner, GroupStatus.INHERITED if is_resigned else GroupStatus.NORMAL)
    return ok(failed_chat_list=failed)


def hand_to(chat: GroupChat, owner: Colleague, status: GroupStatus) -> None:
    """Who was no member of the group becomes one."""
    _, is_new = GroupMember.objects.get_or_create(
        chat=chat, userid=owner.userid, defaults={"kind": 1, "name": owner.name}
    )
    chat.owner, chat.status = owner.userid, status
    chat.admins = [userid for userid in chat.admins if userid != owner.userid]
    if is_new:
        chat.member_version = new_version()
    chat.save()


def _failure(chat_id: str, code: int) -> dict[str, Any]:
    return {"chat_id": chat_id, "errcode": code, "errmsg": MESSAGES[code]}
