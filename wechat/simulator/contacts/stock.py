"""The demo data: 5,000 customers, 12 tags and 8 groups, the same at every start.

Made by the first call that needs it, so who never asks about customers never waits for them.
"""

import random
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from wechat.simulator.contacts import material
from wechat.simulator.contacts.models import (
    Colleague,
    Contact,
    ContactWay,
    Follow,
    GroupChat,
    GroupMember,
    GroupStatus,
    Stock,
    Tag,
    TagGroup,
    Transfer,
)
from wechat.simulator.members import MEMBERS

LEAVER = ("sunqi", "孙七")
LEFT_DAYS_AGO = 3
YEAR_MINUTES = 365 * 24 * 60
GROUP_SIZE = 24
SEED = 20261125
_OWNERS = ["lisi", "wangwu", "zhaoliu", "admin", LEAVER[0]]
_SHARES = [46, 30, 14, 4, 6]
_TABLES: list[Any] = [
    Transfer,
    GroupMember,
    GroupChat,
    Follow,
    Contact,
    Tag,
    TagGroup,
    Colleague,
    ContactWay,
]


def ensure() -> None:
    """The demo data stands when this returns; whoever calls at the same time waits for it."""
    if not Stock.objects.exists():
        _make()


def load(_password: str = "") -> None:
    """For `manage.py demo`."""
    ensure()


@transaction.atomic
def reset() -> None:
    """As at the first start, whatever has been done to it since."""
    for table in (*_TABLES, Stock):
        table.objects.all().delete()
    _make()


@transaction.atomic
def _make() -> None:
    if not Stock.objects.get_or_create(pk=1)[1]:
        return
    chance, now = random.Random(SEED), timezone.now().replace(microsecond=0)  # noqa: S311
    left_at = now - timedelta(days=LEFT_DAYS_AGO)
    Colleague.objects.bulk_create(
        [
            *(Colleague(userid=userid, name=name) for userid, name in MEMBERS.items()),
            Colleague(userid=LEAVER[0], name=LEAVER[1], left_at=left_at),
        ]
    )
    tags = _make_tags(now)
    contacts = Contact.objects.bulk_create(
        [_contact(chance, number) for number in range(1, settings.SANDBOX_CONTACTS + 1)]
    )
    Follow.objects.bulk_create(
        [row for contact in contacts for row in _follows(chance, contact, tags, now)]
    )
    _make_groups(chance, contacts, now)


def _make_tags(now: datetime) -> list[list[str]]:
    """The ids of the tags, by group."""
    created_at = now - timedelta(minutes=YEAR_MINUTES)
    ids, rows = [], []
    for place, (name, tags) in enumerate(material.TAG_GROUPS.items(), 1):
        group = TagGroup.objects.create(
            group_id=f"etSandboxGroup{place:02}", name=name, order=10 - place, created_at=created_at
        )
        first = (place - 1) * 4 + 1
        ids.append([f"etSandboxTag{first + index:02}" for index in range(len(tags))])
        rows += [
            Tag(tag_id=tag_id, group=group, name=tag, order=20 - index, created_at=created_at)
            for index, (tag_id, tag) in enumerate(zip(ids[-1], tags, strict=True))
        ]
    Tag.objects.bulk_create(rows)
    return ids


def _contact(chance: random.Random, number: int) -> Contact:
    """One in ten is a user of WeCom elsewhere (`wo…`), with a corporation of his own."""
    is_woman = chance.random() < 0.48
    given = chance.choice(material.WOMENS_NAMES if is_woman else material.MENS_NAMES)
    name, company = chance.choice(material.SURNAMES) + given, _company(chance)
    gender = 0 if chance.random() < 0.1 else 1 + is_woman
    position, has_unionid = chance.choice(material.POSITIONS), chance.random() < 0.6
    is_wecom = number % 10 == 0
    if number == 1:
        name, gender = "张三", 1
    return Contact(
        external_userid=f"w{'o' if is_wecom else 'm'}Sandbox{number:06}",
        name=name,
        kind=2 if is_wecom else 1,
        gender=gender,
        unionid=f"oSandboxUnion{number:015}" if has_unionid and not is_wecom else "",
        corp_name=company if is_wecom else "",
        position=position if is_wecom else "",
    )


def _company(chance: random.Random) -> str:
    parts = (material.CITIES, material.WORDS, material.TRADES)
    return "".join(chance.choice(part) for part in parts) + "有限公司"


def _follows(
    chance: random.Random, contact: Contact, tags: list[list[str]], now: datetime
) -> list[Follow]:
    """The member whose customer it is; one in eight has a second."""
    first = chance.choices(_OWNERS, _SHARES)[0]
    if contact.name == "张三" and contact.external_userid.endswith("000001"):
        demo = _follow(chance, contact, "lisi", tags, now)
        demo.remark = contact.name
        demo.remark_company, demo.remark_mobiles = "XX科技有限公司", ["13800138000"]
        return [demo]
    rows = [_follow(chance, contact, first, tags, now)]
    if chance.random() < 0.125:
        others = [userid for userid in _OWNERS[:3] if userid != first]
        rows.append(_follow(chance, contact, chance.choice(others), tags, now))
    return rows


def _follow(
    chance: random.Random, contact: Contact, userid: str, tags: list[list[str]], now: datetime
) -> Follow:
    company, earliest = contact.corp_name or _company(chance), 0
    if userid == LEAVER[0]:
        earliest = (LEFT_DAYS_AGO + 1) * 24 * 60
    ago = timedelta(minutes=chance.randint(earliest + 1, YEAR_MINUTES))
    mobile = f"13{chance.randrange(10**9):09}"
    add_way = chance.choice(material.ADD_WAYS)
    return Follow(
        contact=contact,
        userid=userid,
        remark=f"{contact.name}-{company[2:4]}" if chance.random() < 0.6 else contact.name,
        description=chance.choice(material.NOTES) if chance.random() < 0.3 else "",
        remark_company=company if contact.kind == 1 and chance.random() < 0.7 else "",
        remark_mobiles=[mobile] if chance.random() < 0.5 else [],
        tags=[chance.choice(group) for group in tags if chance.random() < 0.5],
        add_way=add_way,
        state=chance.choice(material.STATES) if add_way == 1 else "",
        oper_userid=contact.external_userid if chance.random() < 0.5 else userid,
        created_at=now - ago,
    )


def _make_groups(chance: random.Random, contacts: list[Contact], now: datetime) -> None:
    members = []
    for number, (name, owner) in enumerate(material.GROUP_CHATS, 1):
        created_at = now - timedelta(days=chance.randint(30, 300))
        has_left = owner == LEAVER[0]
        chat = GroupChat.objects.create(
            chat_id=f"wrSandboxChat{number:02}",
            name=name,
            owner=owner,
            notice="工作时间 9:00–18:00，紧急问题请 @值班客服" if number % 2 else "",
            admins=[] if has_left else ["admin"],
            status=GroupStatus.OWNER_LEFT if has_left else GroupStatus.NORMAL,
            member_version=f"sandbox{number:02}{chance.getrandbits(92):023x}",
            created_at=created_at,
        )
        staff = {userid: MEMBERS[userid] for userid in ("admin", owner) if userid in MEMBERS}
        staff["lisi"] = MEMBERS["lisi"]
        members += [
            GroupMember(chat=chat, userid=userid, kind=1, name=staff[userid], joined_at=created_at)
            for userid in staff
        ]
        customers = chance.sample(contacts, min(GROUP_SIZE + number, len(contacts)))
        members += [_guest(chance, chat, contact, owner, now) for contact in customers]
    GroupMember.objects.bulk_create(members)


def _guest(
    chance: random.Random, chat: GroupChat, contact: Contact, owner: str, now: datetime
) -> GroupMember:
    scene = chance.choice([1, 1, 2, 3])
    stay = int((now - chat.created_at).total_seconds())
    return GroupMember(
        chat=chat,
        userid=contact.external_userid,
        kind=2,
        name=contact.name,
        unionid=contact.unionid,
        join_scene=scene,
        invitor=owner if scene == 1 else "",
        joined_at=chat.created_at + timedelta(seconds=chance.randrange(stay)),
    )
