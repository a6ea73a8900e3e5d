"""The platform's answers of §4.5, taken apart once at the wall: what is odd in them stops here."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from config.errors import InvalidInputError
from customers import phones
from wechat.callbacks.storable import storable

CORP_TAG = 1


@dataclass(frozen=True)
class Follow:
    """One member's side of a contact."""

    userid: str
    remark: str = ""
    description: str = ""
    company: str = ""
    phones: tuple[str, ...] = ()
    tag_ids: tuple[str, ...] = ()
    add_way: int = 0
    state: str = ""
    added_at: datetime | None = None


@dataclass(frozen=True)
class Contact:
    """A customer as the platform knows them, with those members whom the answer names."""

    external_userid: str
    name: str
    avatar: str
    kind: int
    gender: int
    unionid: str
    company: str
    follows: tuple[Follow, ...]


@dataclass(frozen=True)
class GroupPerson:
    member_id: str
    kind: int
    name: str
    invitor: str
    join_scene: int
    joined_at: datetime


@dataclass(frozen=True)
class Group:
    chat_id: str
    name: str
    notice: str
    owner: str
    version: str
    created_at: datetime | None
    people: tuple[GroupPerson, ...]


def contact_of(profile: Any, follows: list[Any]) -> Contact | None:
    """From `external_contact` and `follow_user` or `follow_info`; None without an id."""
    profile = _dict(storable(profile))
    external_userid = text(profile, "external_userid", 64)
    if not external_userid:
        return None
    avatar = text(profile, "avatar", 500)
    kind, gender = number(profile, "type"), number(profile, "gender")
    return Contact(
        external_userid=external_userid,
        name=text(profile, "name", 100),
        avatar=avatar if avatar.startswith(("http://", "https://")) else "",
        kind=kind if kind in (1, 2) else 1,
        gender=gender if gender in (0, 1, 2) else 0,
        unionid=text(profile, "unionid", 64),
        company=text(profile, "corp_full_name", 200) or text(profile, "corp_name", 200),
        follows=tuple(
            follow for item in follows if (follow := _follow_of(_dict(storable(item)))).userid
        ),
    )


def contacts_of(entries: Any) -> tuple[list[Contact], int]:
    """Those of `batch/get_by_user`, one for each contact, and how many could not be read."""
    profiles: dict[str, Any] = {}
    follows: dict[str, list[Any]] = {}
    unreadable = 0
    for entry in entries if isinstance(entries, list) else []:
        profile = _dict(_dict(entry).get("external_contact"))
        external_userid = text(_dict(storable(profile)), "external_userid", 64)
        if not external_userid:
            unreadable += 1
            continue
        profiles[external_userid] = profile
        follows.setdefault(external_userid, []).append(_dict(entry).get("follow_info"))
    found = [contact_of(profile, follows[key]) for key, profile in profiles.items()]
    return [contact for contact in found if contact is not None], unreadable


def _follow_of(item: dict[str, Any]) -> Follow:
    """`tag_id` in the bulk answer, `tags` with their kinds in the single one."""
    tags = item.get("tag_id")
    if not isinstance(tags, list):
        named = item.get("tags")
        tags = [
            _dict(tag).get("tag_id")
            for tag in (named if isinstance(named, list) else [])
            if number(_dict(tag), "type", CORP_TAG) == CORP_TAG
        ]
    mobiles = item.get("remark_mobiles")
    return Follow(
        userid=text(item, "userid", 64),
        remark=text(item, "remark", 100),
        description=text(item, "description", 500),
        company=text(item, "remark_corp_name", 200) or text(item, "remark_company", 200),
        phones=_phones(mobiles if isinstance(mobiles, list) else []),
        tag_ids=tuple(sorted({tag for tag in tags if isinstance(tag, str) and 0 < len(tag) <= 64})),
        add_way=min(max(number(item, "add_way"), 0), 2**31 - 1),
        state=text(item, "state", 64),
        added_at=moment(item.get("createtime")),
    )


def _phones(mobiles: list[Any]) -> tuple[str, ...]:
    found = []
    for mobile in mobiles[:5]:
        try:
            found.append(phones.normalize(str(mobile)))
        except InvalidInputError:
            continue
    return tuple(found)


def group_of(body: Any, *, now: datetime) -> Group | None:
    """From `group_chat` of groupchat/get; None without an id."""
    body = _dict(storable(body))
    chat_id = text(body, "chat_id", 64)
    people = body.get("member_list")
    if not chat_id:
        return None
    return Group(
        chat_id=chat_id,
        name=text(body, "name", 100),
        notice=text(body, "notice", 1000),
        owner=text(body, "owner", 64),
        version=text(body, "member_version", 64),
        created_at=moment(body.get("create_time")),
        people=tuple(
            person
            for item in (people if isinstance(people, list) else [])
            if (person := _person_of(_dict(item), now)).member_id
        ),
    )


def _person_of(item: dict[str, Any], now: datetime) -> GroupPerson:
    return GroupPerson(
        member_id=text(item, "userid", 64),
        kind=1 if number(item, "type") == 1 else 2,
        name=text(item, "name", 100) or text(item, "group_nickname", 100),
        invitor=text(_dict(item.get("invitor")), "userid", 64),
        join_scene=min(max(number(item, "join_scene"), 0), 32767),
        joined_at=moment(item.get("join_time")) or now,
    )


def text(body: dict[str, Any], name: str, most: int) -> str:
    value = body.get(name)
    return value.strip()[:most] if isinstance(value, str) else ""


def number(body: dict[str, Any], name: str, default: int = 0) -> int:
    value = body.get(name, default)
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return default


def moment(value: Any) -> datetime | None:
    """Seconds since 1970 as the platform gives them; None for what is no time."""
    try:
        seconds = int(value)
        return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < 2**32 else None
    except (TypeError, ValueError, OverflowError):
        return None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
