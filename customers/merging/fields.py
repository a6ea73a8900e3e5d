"""What two records say of one person, in one row."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from customers.models import Customer, CustomerStatus, Gender, RiskLevel

Changes = dict[str, tuple[Any, Any]]

# What is taken over where the kept row has nothing.
_FILLED = (
    *("corp_id", "external_userid", "unionid", "phone", "company", "avatar", "gender", "province"),
    *("city", "remark", "description", "follow_user_id"),
)
# What must not stay with the row that is gone, since people are looked up by it.
_EMPTIED: dict[str, Any] = {
    "external_userid": None,
    **dict.fromkeys(
        ("unionid", "phone", "company", "avatar", "province", "city", "remark", "description"), ""
    ),
    "attributes": {},
    "gender": Gender.UNKNOWN,
    "risk_score": 0,
    "risk_level": RiskLevel.NONE,
    "follow_user_id": None,
    "status": CustomerStatus.DELETED,
}


def empty(gone: Customer) -> None:
    """The row keeps its name, for whoever looks where somebody went."""
    for name, value in _EMPTIED.items():
        setattr(gone, name, value)


def fill(keep: Customer, other: Customer) -> Changes:
    """Changes `keep` by what `other` knew; returns what changed for the history."""
    before = {name: getattr(keep, name) for name in (*_FILLED, *_KEPT_BY_RULE)}
    for name in _FILLED:
        if not getattr(keep, name):
            setattr(keep, name, getattr(other, name))
    for name, rule in _KEPT_BY_RULE.items():
        setattr(keep, name, rule(getattr(keep, name), getattr(other, name)))
    keep.attributes = {**other.attributes, **keep.attributes}
    if CustomerStatus.NORMAL in (keep.status, other.status):
        keep.status, keep.lost_at = CustomerStatus.NORMAL, None
    if other.blocked_at is not None and keep.blocked_at is None:
        keep.blocked_at, keep.block_reason = other.blocked_at, other.block_reason
    return {
        name: (_plain(old), _plain(getattr(keep, name)))
        for name, old in before.items()
        if getattr(keep, name) != old
    }


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((at for at in (one, other) if at is not None), default=None)


_KEPT_BY_RULE: dict[str, Callable[[Any, Any], Any]] = {
    "add_time": _earlier,
    "last_active_at": _later,
    "last_contact_at": _later,
}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
