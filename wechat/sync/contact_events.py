"""`change_external_contact`: friends made and lost (wechat-protocol.md §2.4)."""

from datetime import datetime
from typing import Any

from customers.actions.followers import follower_add, follower_remove
from customers.actions.history import announce, record
from customers.actors import Entry, system_actor
from customers.models import Customer, CustomerEventKind, CustomerStatus, FollowerStatus
from customers.queries.staff import staff_by_wecom_user_id
from wechat.models import SyncJobKind
from wechat.sync.jobs import wish
from wechat.sync.payloads import text
from wechat.sync.reading import hold_contact

TRANSFER_SOURCE = "DELETE_BY_TRANSFER"
FAILURES = {"customer_refused": "客户拒绝", "customer_limit_exceed": "接替成员的客户数已达上限"}


def added(payload: dict[str, Any], at: datetime) -> str:
    """A friend made. Who is new to us is read first: their unionid may be known already."""
    external_userid, userid = _ids(payload)
    customer = _living(external_userid)
    if customer is not None and userid:
        follower_add(
            customer=customer,
            wecom_user_id=userid,
            at=at,
            state=text(payload, "State", 64),
            actor=system_actor(Entry.WECOM_SYNC),
        )
    return _read(external_userid)


def edited(payload: dict[str, Any], at: datetime) -> str:
    return _read(_ids(payload)[0])


def removed_by_staff(payload: dict[str, Any], at: datetime) -> str:
    """A member removed the customer, or the customer went over to a colleague."""
    is_transfer = payload.get("Source") == TRANSFER_SOURCE
    status = FollowerStatus.TRANSFERRED if is_transfer else FollowerStatus.REMOVED_BY_STAFF
    return _removed(payload, status, at)


def removed_by_customer(payload: dict[str, Any], at: datetime) -> str:
    return _removed(payload, FollowerStatus.REMOVED_BY_CUSTOMER, at)


def _removed(payload: dict[str, Any], status: FollowerStatus, at: datetime) -> str:
    external_userid, userid = _ids(payload)
    customer = _living(external_userid)
    if customer is None:
        return "不是已知的客户"
    known = follower_remove(
        customer=customer,
        wecom_user_id=userid,
        status=status,
        at=at,
        actor=system_actor(Entry.WECOM_SYNC),
    )
    return str(status.label) if known else "好友关系此前已解除"


def transfer_failed(payload: dict[str, Any], at: datetime) -> str:
    """A hand-over that came to nothing; the case itself reads its results."""
    external_userid, userid = _ids(payload)
    code = text(payload, "FailReason", 64)
    words = f"转接失败：{FAILURES.get(code, code)}"
    customer = _living(external_userid)
    if customer is not None:
        actor = system_actor(Entry.WECOM_SYNC)
        record(customer, actor, CustomerEventKind.TRANSFERRED, content=words)
        announce(
            "customer.transfer.failed", customer, actor, wecom_user_id=userid, fail_reason=code
        )
    return words


def audit_approved(payload: dict[str, Any], at: datetime) -> str:
    """The customer agreed that the talk is archived."""
    external_userid, userid = _ids(payload)
    customer = _living(external_userid)
    if customer is None:
        return "不是已知的客户"
    member = staff_by_wecom_user_id(userid)
    name = member.display_name if member else userid
    words = f"客户同意存档与 {name} 的会话"
    record(customer, system_actor(Entry.WECOM_SYNC), CustomerEventKind.UPDATED, content=words)
    return words


def _read(external_userid: str) -> str:
    if not external_userid:
        return "没有外部联系人"
    wish(SyncJobKind.PULL_CONTACT, external_userid)
    return "读取客户"


def _living(external_userid: str) -> Customer | None:
    customer = hold_contact(external_userid) if external_userid else None
    return None if customer is None or customer.status == CustomerStatus.DELETED else customer


def _ids(payload: dict[str, Any]) -> tuple[str, str]:
    return text(payload, "ExternalUserID", 64), text(payload, "UserID", 64)
