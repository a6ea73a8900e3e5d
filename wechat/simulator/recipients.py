"""Whom an app message is for: `touser`, `toparty`, `totag` (wechat-protocol.md §4.2)."""

from dataclasses import dataclass
from typing import Any

from wechat.simulator import members
from wechat.simulator.answers import PlatformError

MOST = {"touser": 1000, "toparty": 100, "totag": 100}
EVERYBODY = "@all"


@dataclass(frozen=True)
class Recipients:
    """Members who get the message once each, and what named nobody."""

    known: tuple[str, ...]
    unknown: dict[str, str]


def recipients_of(body: dict[str, Any]) -> Recipients:
    """Raises 40003 (nobody named, or too many), 81013 (all of them invalid)."""
    users, parties, tags = (_named(body, name) for name in MOST)
    if not users and not parties and not tags:
        raise PlatformError(40003, "touser & toparty & totag all empty")
    if users == [EVERYBODY]:
        return Recipients(tuple(members.MEMBERS), {})
    known = dict.fromkeys(filter(members.is_member, users))
    if members.ROOT_PARTY in parties:
        known |= dict.fromkeys(members.MEMBERS)
    if not known:
        raise PlatformError(81013, "user & party & tag all invalid")
    unknown = {
        "invaliduser": [user for user in users if user not in known],
        "invalidparty": [party for party in parties if party != members.ROOT_PARTY],
        "invalidtag": tags,
    }
    return Recipients(tuple(known), {name: "|".join(ids) for name, ids in unknown.items()})


def _named(body: dict[str, Any], name: str) -> list[str]:
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, str):
        raise PlatformError(40058, f"{name} must be a string")
    ids = [part for part in value.split("|") if part]
    if len(ids) > MOST[name]:
        raise PlatformError(40003, f"{name} takes at most {MOST[name]} ids")
    return ids
