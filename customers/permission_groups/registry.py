"""Which permissions each group has. Apps add theirs in `ready()`; what is not named is not allowed."""

from collections.abc import Iterable
from enum import StrEnum


class StaffGroup(StrEnum):
    """The value is the group's name in the database."""

    AGENT = "客服"
    SUPERVISOR = "客服主管"
    OPERATIONS = "运营"
    ADMINISTRATOR = "管理员"
    READER = "只读"


# Of these apps' tables an administrator may do everything, a reader see everything.
OWN_APPS = frozenset({"config", "customers", "messaging", "tickets", "wechat", "monitoring"})
# Accounts and keys open doors: readers have no business with them.
UNREAD = frozenset({"customers.view_user", "customers.view_phone", "config.view_apikey"})

_granted: dict[StaffGroup, set[str]] = {group: set() for group in StaffGroup}


def grant(group: StaffGroup, permissions: Iterable[str]) -> None:
    """`permissions` as `app.codename`; twice is once."""
    _granted[group] |= set(permissions)


def granted(group: StaffGroup) -> frozenset[str]:
    return frozenset(_granted[group])


def belongs(group: StaffGroup, app: str, codename: str) -> bool:
    """Whether the group has that permission: by name, or as administrators and readers have all."""
    permission = f"{app}.{codename}"
    if group == StaffGroup.ADMINISTRATOR and app in OWN_APPS:
        return True
    if group == StaffGroup.READER and app in OWN_APPS and codename.startswith("view_"):
        return permission not in UNREAD
    return permission in _granted[group]


def on(model: str, *verbs: str) -> set[str]:
    """`on("customers.tag", "view", "add")`: permissions as Django names them; none means all four."""
    app, name = model.split(".")
    return {f"{app}.{verb}_{name}" for verb in verbs or ("view", "add", "change", "delete")}
