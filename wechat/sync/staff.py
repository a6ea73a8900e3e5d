"""Members who serve customers: accounts for them here, and what becomes of those who left."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from config.api.roles import Role
from config.database.locks import transaction_locks
from customers.actions.staff import staff_resign
from customers.actors import Entry, system_actor
from customers.models import CustomerGroup, Follower, User
from wechat.callbacks.storable import storable
from wechat.client.blocking import BlockingClient, PlatformRefusal
from wechat.sync.payloads import number, text
from wechat.sync.runs import Tally

# "userid not found", and a status that says so.
NOBODY = 60111
QUIT = 5


@dataclass(frozen=True)
class Member:
    """`name` is empty where the app may not read it."""

    userid: str
    name: str = ""
    has_left: bool = False


def members_with_customers(client: BlockingClient) -> list[str]:
    """Accounts of those who have the 客户联系 function."""
    found = client.get("externalcontact/get_follow_user_list").get("follow_user")
    userids = found if isinstance(found, list) else []
    return sorted({u for u in userids if isinstance(u, str) and 0 < len(u) <= 64 and "\0" not in u})


def member(client: BlockingClient, userid: str) -> Member:
    """One member; who is not there any more has left."""
    try:
        body: dict[str, Any] = storable(client.get("user/get", userid=userid))
    except PlatformRefusal as refusal:
        if refusal.errcode == NOBODY:
            return Member(userid, has_left=True)
        raise
    return Member(userid, text(body, "name", 100), number(body, "status") == QUIT)


@transaction.atomic
def members_apply(members: Collection[Member], *, at: datetime, creates: bool = True) -> Tally:
    """Accounts as the platform has their people. `creates`: one for each who has none.

    A new account is staff's, sees no more than its own customers, and has no password to log in with.
    """
    transaction_locks({f"sync.member:{member.userid}" for member in members})
    tally = Tally(processed=len(members))
    known = {
        str(user.wecom_user_id): user
        for user in User.objects.filter(wecom_user_id__in=[member.userid for member in members])
    }
    for one in members:
        user = known.get(one.userid)
        if one.has_left:
            _left(user, one, tally, at=at)
        elif user is None:
            _arrived(one, tally, creates=creates)
        elif one.name and not user.name:
            user.name = one.name
            user.save(update_fields=["name"])
            tally.updated += 1
        else:
            tally.unchanged += 1
    adopt([member.userid for member in members])
    return tally


def _left(user: User | None, one: Member, tally: Tally, *, at: datetime) -> None:
    if user is not None and staff_resign(
        user_id=user.pk, at=at, actor=system_actor(Entry.WECOM_SYNC)
    ):
        tally.updated += 1
        tally.differences.append(("staff_left", f"{user.display_name}（{one.userid}）"))
    else:
        tally.unchanged += 1


def _arrived(one: Member, tally: Tally, *, creates: bool) -> None:
    names = [one.userid, f"{one.userid}@wecom"]
    taken = set(User.objects.filter(username__in=names).values_list("username", flat=True))
    free = [name for name in names if name not in taken]
    if not creates or not free:
        tally.failed += bool(creates)
        tally.unchanged += not creates
        return
    user = User(username=free[0], name=one.name, role=Role.STAFF, wecom_user_id=one.userid)
    user.set_unusable_password()
    user.save()
    tally.created += 1
    tally.differences.append(("staff_missing", f"{user.display_name}（{one.userid}）"))


def adopt(userids: Collection[str]) -> None:
    """What is the platform's of these accounts becomes their people's here."""
    for user in User.objects.filter(wecom_user_id__in=userids, is_active=True):
        Follower.objects.filter(wecom_user_id=user.wecom_user_id, user=None).update(user=user)
        CustomerGroup.objects.filter(owner_userid=user.wecom_user_id, owner=None).update(owner=user)


@transaction.atomic
def member_renamed(*, old: str, new: str) -> bool:
    """The corporation gave a member another account name; False when nobody here has the old one."""
    transaction_locks({f"sync.member:{old}", f"sync.member:{new}"})
    user = User.objects.filter(wecom_user_id=old).first()
    if User.objects.filter(wecom_user_id=new).exists():
        return False
    if user is not None:
        user.wecom_user_id = new
        user.save(update_fields=["wecom_user_id"])
    there = Follower.objects.filter(wecom_user_id=new).values("customer_id")
    Follower.objects.filter(wecom_user_id=old).exclude(customer__in=there).update(wecom_user_id=new)
    CustomerGroup.objects.filter(owner_userid=old).update(owner_userid=new)
    return user is not None
