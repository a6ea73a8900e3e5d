"""`change_contact`: colleagues who come, change their names, and leave (wechat-protocol.md §2.3)."""

from datetime import datetime
from typing import Any

from customers.actions.staff import staff_resign
from customers.actors import Entry, system_actor
from customers.models import User
from wechat.models import SyncJobKind
from wechat.sync.jobs import wish
from wechat.sync.payloads import number, text
from wechat.sync.staff import QUIT, member_renamed


def arrived(payload: dict[str, Any], at: datetime) -> str:
    """An account is made at night, if the member serves customers; until then there is no hurry."""
    return "成员已加入企业"


def changed(payload: dict[str, Any], at: datetime) -> str:
    """Only changed fields come: another account name, another name, or that somebody has left."""
    userid, new = text(payload, "UserID", 64), text(payload, "NewUserID", 64)
    if userid and new and new != userid:
        member_renamed(old=userid, new=new)
        userid = new
    user = User.objects.filter(wecom_user_id=userid).first() if userid else None
    if user is None:
        return "不是已登记的员工"
    if number(payload, "Status") == QUIT:
        staff_resign(user_id=user.pk, at=at, actor=system_actor(Entry.WECOM_SYNC))
        return "成员已离职"
    name = text(payload, "Name", 100)
    if name and name != user.name:
        user.name = name
        user.save(update_fields=["name"])
        return "成员已改名"
    wish(SyncJobKind.PULL_MEMBER, userid)
    return "读取成员"


def left(payload: dict[str, Any], at: datetime) -> str:
    userid = text(payload, "UserID", 64)
    user = User.objects.filter(wecom_user_id=userid).first() if userid else None
    if user is None:
        return "不是已登记的员工"
    staff_resign(user_id=user.pk, at=at, actor=system_actor(Entry.WECOM_SYNC))
    return "成员已离职"


def department_changed(payload: dict[str, Any], at: datetime) -> str:
    """We keep no departments: accounts are by person."""
    return f"部门 {text(payload, 'Id', 20)} 有变动（本系统不保存部门）"


def tag_changed(payload: dict[str, Any], at: datetime) -> str:
    """Tags of the address book mark members, not customers."""
    return f"成员标签 {text(payload, 'TagId', 20)} 有变动（本系统不保存成员标签）"


HANDLERS = {
    **dict.fromkeys(
        [f"change_contact.{change}_party" for change in ("create", "update", "delete")],
        department_changed,
    ),
    "change_contact.update_tag": tag_changed,
}
