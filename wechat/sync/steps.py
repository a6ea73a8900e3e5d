"""What a run reads, step by step, and each step page by page: network first, then one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from config.api.roles import Role
from customers.models import Customer, CustomerGroup, FollowerStatus, GroupStatus, User
from wechat.client.blocking import BlockingClient, PlatformRefusal
from wechat.models import SyncKind
from wechat.sync import reading, staff, tags
from wechat.sync.contacts import contacts_apply
from wechat.sync.groups import group_gone, groups_apply
from wechat.sync.payloads import contacts_of
from wechat.sync.runs import Tally

MEMBERS_A_PAGE = 20
USERS_A_CALL = 100
CONTACTS_A_PAGE = 100
GROUPS_A_PAGE = 20
# Contacts that are asked for one by one.
SINGLES_A_PAGE = 20
# A member who left, or has no customers: the others of the call are read without.
ODD_MEMBER = frozenset({40003, 60111, 84061})

State = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """What was read: `apply` writes it, `state` is where the step goes on; None: it is over."""

    apply: Callable[[], Tally]
    state: State | None
    total: int | None = None


@dataclass(frozen=True)
class Step:
    name: str
    fetch: Callable[[BlockingClient, State, datetime], Page]


def fetch_staff(client: BlockingClient, state: State, began: datetime) -> Page:
    """Members with customers, some at a time."""
    userids = state.get("userids")
    if userids is None:
        userids = staff.members_with_customers(client)
    start = state.get("next", 0)
    members = [staff.member(client, u) for u in userids[start : start + MEMBERS_A_PAGE]]
    following = start + MEMBERS_A_PAGE
    at = timezone.now()
    return Page(
        lambda: staff.members_apply(members, at=at),
        {"userids": userids, "next": following} if following < len(userids) else None,
        total=len(userids),
    )


def fetch_staff_left(client: BlockingClient, state: State, began: datetime) -> Page:
    """Accounts of staff here, some at a time: who is not a member any more has left."""
    rows = (
        User.objects.filter(role=Role.STAFF, is_active=True, resigned_at=None)
        .exclude(wecom_user_id=None)
        .filter(pk__gt=state.get("after", 0))
        .order_by("pk")
    )
    users = list(rows[:MEMBERS_A_PAGE])
    found = [staff.member(client, str(user.wecom_user_id)) for user in users]
    gone = [member for member in found if member.has_left]
    at = timezone.now()
    return Page(
        lambda: staff.members_apply(gone, at=at, creates=False),
        {"after": users[-1].pk} if len(users) == MEMBERS_A_PAGE else None,
    )


def fetch_tags(client: BlockingClient, state: State, began: datetime) -> Page:
    groups = tags.corp_tags(client)
    return Page(lambda: tags.tags_apply(groups), None)


def fetch_contacts(client: BlockingClient, state: State, began: datetime) -> Page:
    """`batch/get_by_user`: the customers of a hundred members at a time, a hundred a page."""
    at = timezone.now()
    userids = state.get("userids")
    if userids is None:
        userids = staff.members_with_customers(client)
    start, step = state.get("next", 0), state.get("step", USERS_A_CALL)
    state = {"userids": userids, "next": start, "step": step, "cursor": state.get("cursor", "")}
    if start >= len(userids):
        return Page(Tally, None)
    body = {
        "userid_list": userids[start : start + step],
        "cursor": state["cursor"],
        "limit": CONTACTS_A_PAGE,
    }
    try:
        answer = client.post("externalcontact/batch/get_by_user", body)
    except PlatformRefusal as refusal:
        if refusal.errcode not in ODD_MEMBER:
            raise
        if step > 1:
            # Who of them it is shows when they are asked for one by one.
            return Page(Tally, {**state, "step": 1, "cursor": ""})
        return Page(Tally, _after(state, ""))
    contacts, unreadable = contacts_of(answer.get("external_contact_list"))

    def apply() -> Tally:
        tally = contacts_apply(contacts, at=at) if contacts else Tally()
        tally.processed += unreadable
        tally.failed += unreadable
        return tally

    return Page(apply, _after(state, str(answer.get("next_cursor") or "")))


def _after(state: State, cursor: str) -> State | None:
    """Where the listing goes on; None behind its end."""
    if cursor and cursor != state["cursor"]:
        return {**state, "cursor": cursor}
    following = state["next"] + state["step"]
    if following >= len(state["userids"]):
        return None
    return {**state, "next": following, "cursor": ""}


def fetch_contacts_lost(client: BlockingClient, state: State, began: datetime) -> Page:
    """Friends of ours whom the listing did not name: each is asked for by itself."""
    at = timezone.now()
    userids = state.get("userids") or staff.members_with_customers(client)
    rows = (
        Customer.objects.filter(
            followers__status=FollowerStatus.ACTIVE,
            followers__wecom_user_id__in=userids,
            erased_at=None,
            pk__gt=state.get("after", 0),
        )
        .exclude(external_userid=None)
        .exclude(pk__in=_all_friends_seen_since(began))
        .order_by("pk")
        .distinct()
    )
    found = list(rows.values_list("pk", "external_userid")[:SINGLES_A_PAGE])
    read = [(str(key), reading.read_contact(client, str(key))) for _, key in found]

    def apply() -> Tally:
        present = [contact for _, contact in read if contact is not None]
        tally = contacts_apply(present, at=at, is_whole=True) if present else Tally()
        for key, contact in read:
            if contact is None:
                tally.add(reading.contact_gone(key, at=at))
        return tally

    is_over = len(found) < SINGLES_A_PAGE
    return Page(apply, None if is_over else {"userids": userids, "after": found[-1][0]})


def _all_friends_seen_since(began: datetime) -> Any:
    unseen = Customer.objects.filter(followers__status=FollowerStatus.ACTIVE).exclude(
        followers__synced_at__gte=began
    )
    return Customer.objects.exclude(pk__in=unseen.values("pk")).values("pk")


def fetch_groups(client: BlockingClient, state: State, began: datetime) -> Page:
    at = timezone.now()
    cursor = state.get("cursor", "")
    body = {"status_filter": 0, "cursor": cursor, "limit": GROUPS_A_PAGE}
    answer = client.post("externalcontact/groupchat/list", body)
    listed = answer.get("group_chat_list")
    ids = [
        str(item["chat_id"])
        for item in (listed if isinstance(listed, list) else [])
        if isinstance(item, dict) and item.get("chat_id")
    ]
    groups = [group for chat_id in ids if (group := reading.read_group(client, chat_id))]
    following = str(answer.get("next_cursor") or "")
    has_more = following and following != cursor
    return Page(lambda: groups_apply(groups, at=at), {"cursor": following} if has_more else None)


def fetch_groups_lost(client: BlockingClient, state: State, began: datetime) -> Page:
    """Groups of ours that the listing did not name."""
    at = timezone.now()
    rows = (
        CustomerGroup.objects.filter(status=GroupStatus.ACTIVE, pk__gt=state.get("after", 0))
        .exclude(synced_at__gte=began)
        .order_by("pk")
    )
    found = list(rows.values_list("pk", "chat_id")[:SINGLES_A_PAGE])
    read = [(chat_id, reading.read_group(client, chat_id)) for _, chat_id in found]

    def apply() -> Tally:
        tally = groups_apply([group for _, group in read if group is not None], at=at)
        for chat_id, group in read:
            if group is None and group_gone(chat_id, at=at):
                tally.processed += 1
                tally.updated += 1
                tally.differences.append(("group_dismissed", chat_id))
        return tally

    return Page(apply, {"after": found[-1][0]} if len(found) == SINGLES_A_PAGE else None)


STAFF = Step("成员", fetch_staff)
STAFF_LEFT = Step("离职成员", fetch_staff_left)
TAGS = Step("企业标签", fetch_tags)
CONTACTS = Step("客户", fetch_contacts)
CONTACTS_LOST = Step("失联客户", fetch_contacts_lost)
GROUPS = Step("客户群", fetch_groups)
GROUPS_LOST = Step("失联客户群", fetch_groups_lost)

STEPS: dict[str, tuple[Step, ...]] = {
    SyncKind.STAFF: (STAFF, STAFF_LEFT),
    SyncKind.TAGS: (TAGS,),
    # Tags first: a contact's tags are known when it comes.
    SyncKind.CONTACTS: (TAGS, CONTACTS),
    SyncKind.GROUPS: (GROUPS,),
    SyncKind.RECONCILE: (
        STAFF, STAFF_LEFT, TAGS, CONTACTS, CONTACTS_LOST, GROUPS, GROUPS_LOST,
    ),
}  # fmt: skip
