"""Customer groups: `groupchat/list`, `groupchat/get`."""

from typing import Any

from django.http import HttpResponse

from wechat.simulator.answers import PlatformError, ok
from wechat.simulator.contacts.calls import (
    ID_LENGTH,
    contact_post,
    number,
    page,
    text,
    texts,
)
from wechat.simulator.contacts.models import GroupChat, GroupMember, GroupStatus

GROUPS_A_PAGE = 1000
OWNERS_A_CALL = 100
NOT_A_CUSTOMER_GROUP = 90501


@contact_post
def group_list(body: dict[str, Any]) -> HttpResponse:
    """`POST externalcontact/groupchat/list`; `status_filter` 0 means all."""
    status = number(body, "status_filter", least=0, most=max(GroupStatus), default=0)
    limit = number(body, "limit", least=1, most=GROUPS_A_PAGE, default=None)
    owners = body.get("owner_filter", {})
    if not isinstance(owners, dict):
        raise PlatformError(40058, "invalid owner_filter")
    userids = texts(owners, "userid_list", least=0, most=OWNERS_A_CALL)
    rows = GroupChat.objects.all()
    if status:
        rows = rows.filter(status=status)
    if userids:
        rows = rows.filter(owner__in=userids)
    found, next_cursor = page(rows, text(body, "cursor", ID_LENGTH), limit)
    fields = {"next_cursor": next_cursor} if next_cursor else {}
    chats = [{"chat_id": row.chat_id, "status": row.status} for row in found]
    return ok(group_chat_list=chats, **fields)


@contact_post
def group_get(body: dict[str, Any]) -> HttpResponse:
    """`POST externalcontact/groupchat/get`; names only with `need_name`. 90501 for no such group."""
    chat_id = text(body, "chat_id", ID_LENGTH, None)
    row = GroupChat.objects.filter(chat_id=chat_id).first()
    if row is None:
        raise PlatformError(NOT_A_CUSTOMER_GROUP, "not external group chat")
    has_names = number(body, "need_name", least=0, most=1, default=0) == 1
    members = [_member(member, has_names=has_names) for member in row.members.order_by("pk")]
    return ok(
        group_chat={
            "chat_id": row.chat_id,
            "name": row.name,
            "owner": row.owner,
            "create_time": int(row.created_at.timestamp()),
            "notice": row.notice,
            "member_list": members,
            "admin_list": [{"userid": userid} for userid in row.admins],
            "member_version": row.member_version,
        }
    )


def _member(row: GroupMember, *, has_names: bool) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "userid": row.userid,
        "type": row.kind,
        "join_time": int(row.joined_at.timestamp()),
        "join_scene": row.join_scene,
        "group_nickname": row.nickname,
    }
    if row.invitor:
        fields["invitor"] = {"userid": row.invitor}
    if row.unionid:
        fields["unionid"] = row.unionid
    if has_names:
        fields["name"] = row.name
    return fields
