"""`change_external_chat`: groups made and dismissed, who came and went (wechat-protocol.md §2.5)."""

from datetime import datetime
from typing import Any

from customers.actions import groups as actions
from customers.actors import Entry, system_actor
from customers.models import CustomerGroup, GroupStatus
from wechat.models import SyncJobKind
from wechat.sync.groups import customers_of, hold_group
from wechat.sync.jobs import wish
from wechat.sync.payloads import number, text

# The platform's details of a group lag behind its events by about so much.
LAG_SECONDS = 2.5
MOST_MEMBERS = 500
MOVES = ("add_member", "del_member")


def created(payload: dict[str, Any], at: datetime) -> str:
    group = _held(payload)
    if group is None:
        return "没有群 ID"
    if group.group_created_at is None:
        group.group_created_at = at
        group.save(update_fields=["group_created_at"])
    return _read(group)


def updated(payload: dict[str, Any], at: datetime) -> str:
    """Members at once, as far as the event names them; a gap in their versions is read whole."""
    group = _held(payload)
    if group is None:
        return "没有群 ID"
    detail = text(payload, "UpdateDetail", 32)
    if detail not in MOVES or group.status == GroupStatus.DISMISSED:
        return _read(group)
    last, current = text(payload, "LastMemVer", 64), text(payload, "CurMemVer", 64)
    if current and current == group.member_version:
        return "成员变动此前已读取"
    has_gap = bool(group.member_version and last and last != group.member_version)
    members = _members(payload)
    if detail == "add_member":
        _joined(group, members, payload, at)
    else:
        actions.members_leave(
            group,
            members,
            at=at,
            scene=_scene(payload, "QuitScene"),
            actor=system_actor(Entry.WECOM_SYNC),
        )
    group.member_count = group.members.filter(left_at=None).count()
    # With something missed in between, the version is what the whole list will say.
    group.member_version = "" if has_gap else current
    group.save(update_fields=["member_count", "member_version"])
    # Leavers need no details; newcomers have names.
    is_enough = detail == "del_member" and members and last and not has_gap
    return "成员退群" if is_enough else _read(group)


def dismissed(payload: dict[str, Any], at: datetime) -> str:
    group = _held(payload)
    if group is None:
        return "没有群 ID"
    actions.group_dismiss(group, at=at, actor=system_actor(Entry.WECOM_SYNC))
    return "群已解散"


def _joined(
    group: CustomerGroup, members: list[str], payload: dict[str, Any], at: datetime
) -> None:
    actions.members_join(
        group,
        members,
        at=at,
        scene=_scene(payload, "JoinScene") or 0,
        customers=customers_of(members),
        actor=system_actor(Entry.WECOM_SYNC),
    )


def _held(payload: dict[str, Any]) -> CustomerGroup | None:
    chat_id = text(payload, "ChatId", 64)
    return hold_group(chat_id) if chat_id else None


def _read(group: CustomerGroup) -> str:
    wish(SyncJobKind.PULL_GROUP, group.chat_id, delay_seconds=LAG_SECONDS)
    return "读取客户群"


def _members(payload: dict[str, Any]) -> list[str]:
    """`MemChangeList` holds one `Item` or several."""
    listed = payload.get("MemChangeList")
    items = listed.get("Item") if isinstance(listed, dict) else None
    items = items if isinstance(items, list) else [items]
    found = {item for item in items if isinstance(item, str) and 0 < len(item) <= 64}
    return sorted(found)[:MOST_MEMBERS]


def _scene(payload: dict[str, Any], name: str) -> int | None:
    value = number(payload, name, -1)
    return value if 0 <= value <= 32767 else None
