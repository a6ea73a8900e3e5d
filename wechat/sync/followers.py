"""The friends of a page's customers: who they are, what each of them noted, who has ceased to be."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from customers.models import Customer, CustomerEventKind, Follower, FollowerStatus, User
from customers.queries.staff import team_members
from wechat.models import FollowerMirror
from wechat.sync.ledger import Ledger
from wechat.sync.notes import is_same
from wechat.sync.payloads import Contact, Follow
from wechat.sync.tags import known_tags

COLUMNS = [
    "user", "status", "remark", "description", "add_way", "state", "added_at", "removed_at",
]  # fmt: skip
# A friend so new that the platform's listing may not have it yet.
LAG = timedelta(seconds=60)

Pairs = Sequence[tuple[Customer, Contact]]


def staff_of(userids: Collection[str]) -> dict[str, User]:
    """Team members by their WeCom accounts."""
    found = team_members().filter(wecom_user_id__in=userids)
    return {str(user.wecom_user_id): user for user in found}


class FollowerBook:
    """All followers of these customers with their mirrors, read and written with few statements."""

    def __init__(self, pairs: Pairs) -> None:
        self._pairs = pairs
        self._rows: dict[int, dict[str, Follower]] = {customer.pk: {} for customer, _ in pairs}
        self._mirrors: dict[int, FollowerMirror] = {}
        # Tags of each friend as the platform had them before this page, by customer.
        self.tags_before: dict[int, dict[str, set[str]]] = {}
        for row in Follower.objects.filter(customer__in=list(self._rows)).select_related("mirror"):
            self._rows[row.customer_id][row.wecom_user_id] = row
            mirror = getattr(row, "mirror", None)
            if mirror is not None:
                self._mirrors[row.pk] = mirror
                if row.status == FollowerStatus.ACTIVE:
                    tags = self.tags_before.setdefault(row.customer_id, {})
                    tags[row.wecom_user_id] = set(mirror.tag_ids)
        names = {name for rows in self._rows.values() for name in rows}
        names |= {follow.userid for _, contact in pairs for follow in contact.follows}
        self.staff = staff_of(names)

    def rows(self, customer: Customer) -> list[Follower]:
        return list(self._rows[customer.pk].values())

    def active(self, customer: Customer) -> list[Follower]:
        """Present friends, the oldest first."""
        rows = [row for row in self.rows(customer) if row.status == FollowerStatus.ACTIVE]
        return sorted(rows, key=lambda row: (row.added_at is None, row.added_at, row.pk or 0))

    def mirrors(self, customer: Customer) -> list[FollowerMirror]:
        return [self._mirrors[row.pk] for row in self.rows(customer) if row.pk in self._mirrors]

    def tags_now(self, customer: Customer) -> dict[str, set[str]]:
        """Tags that each present friend has set, as far as the platform ever said."""
        return {
            row.wecom_user_id: set(self._mirrors[row.pk].tag_ids)
            for row in self.active(customer)
            if row.pk in self._mirrors
        }

    def write(self, *, at: datetime, is_whole: bool, ledger: Ledger, new: Collection[str]) -> None:
        """Followers and mirrors as the platform has them."""
        before = {row.pk: _values(row) for rows in self._rows.values() for row in rows.values()}
        for customer, contact in self._pairs:
            is_new = customer.external_userid in new
            for follow in contact.follows:
                self._take_over(customer, follow, ledger, is_new=is_new)
            if is_whole:
                for row in self._gone(customer, contact, at=at):
                    self._remove(customer, row, ledger, at=at)
        rows = [row for rows in self._rows.values() for row in rows.values()]
        changed = [row for row in rows if row.pk and _values(row) != before[row.pk]]
        Follower.objects.bulk_create([row for row in rows if row.pk is None])
        Follower.objects.bulk_update(changed, COLUMNS)
        seen = [
            self._rows[customer.pk][follow.userid].pk
            for customer, contact in self._pairs
            for follow in contact.follows
        ]
        Follower.objects.filter(pk__in=seen).update(synced_at=at)
        self._write_mirrors()

    def _take_over(
        self, customer: Customer, follow: Follow, ledger: Ledger, *, is_new: bool
    ) -> None:
        rows = self._rows[customer.pk]
        row = rows.get(follow.userid)
        was_active = row is not None and row.status == FollowerStatus.ACTIVE
        if row is None:
            row = rows[follow.userid] = Follower(customer=customer, wecom_user_id=follow.userid)
        row.user = self.staff.get(follow.userid)
        _take_over_notes(customer, row, follow, is_owner=_is_owner(customer, row))
        row.status, row.removed_at = FollowerStatus.ACTIVE, None
        row.remark, row.description = follow.remark, follow.description
        row.add_way, row.state = follow.add_way, follow.state or row.state
        row.added_at = follow.added_at or row.added_at
        # A customer who is new is announced as such, with everything at once.
        if not was_active and not is_new:
            who = row.user.display_name if row.user else follow.userid
            ledger.record(customer, CustomerEventKind.FOLLOWER_ADDED, content=f"添加了 {who}")
            ledger.differs("follower_missing", f"{customer.name} 的好友 {who}")
            ledger.announce(
                "customer.follower.added", customer, wecom_user_id=follow.userid, by="customer"
            )

    def _gone(self, customer: Customer, contact: Contact, *, at: datetime) -> list[Follower]:
        named = {follow.userid for follow in contact.follows}
        return [
            row
            for row in self.active(customer)
            if row.wecom_user_id not in named and (row.added_at is None or row.added_at < at - LAG)
        ]

    def _remove(self, customer: Customer, row: Follower, ledger: Ledger, *, at: datetime) -> None:
        """We were not told: as a customer's removal, the event of which gets lost most easily."""
        row.status, row.removed_at = FollowerStatus.REMOVED_BY_CUSTOMER, at
        who = row.user.display_name if row.user else row.wecom_user_id
        ledger.record(
            customer, CustomerEventKind.FOLLOWER_LOST, content=f"客户删除了 {who}（对账发现）"
        )
        ledger.announce(
            "customer.follower.removed",
            customer,
            wecom_user_id=row.wecom_user_id,
            by="customer",
            is_transfer=False,
        )
        ledger.differs("follower_lost", f"{customer.name} 的好友 {who}")

    def _write_mirrors(self) -> None:
        create: list[FollowerMirror] = []
        update: list[FollowerMirror] = []
        known = self._known_tags()
        for customer, contact in self._pairs:
            for follow in contact.follows:
                row = self._rows[customer.pk][follow.userid]
                mirror = self._mirrors.get(row.pk)
                said = {
                    "name": contact.name,
                    "company": contact.company or follow.company,
                    "tag_ids": [tag for tag in follow.tag_ids if tag in known],
                }
                if mirror is None:
                    mirror = self._mirrors[row.pk] = FollowerMirror(follower=row, **said)
                    create.append(mirror)
                elif any(getattr(mirror, name) != value for name, value in said.items()):
                    for name, value in said.items():
                        setattr(mirror, name, value)
                    update.append(mirror)
        FollowerMirror.objects.bulk_create(create)
        FollowerMirror.objects.bulk_update(update, ["name", "company", "tag_ids"])

    def _known_tags(self) -> set[str]:
        """A tag that we do not know yet is as if it were not set: it is taken over once we do."""
        ids = {
            tag
            for _, contact in self._pairs
            for follow in contact.follows
            for tag in follow.tag_ids
        }
        return set(known_tags(ids))


def _is_owner(customer: Customer, row: Follower) -> bool:
    return customer.follow_user_id is None or (
        row.user is not None and row.user.pk == customer.follow_user_id
    )


def _take_over_notes(customer: Customer, row: Follower, follow: Follow, *, is_owner: bool) -> None:
    """The owner's remark and description become the customer's, unless they were changed here."""
    if not is_owner:
        return
    for name in ("remark", "description"):
        theirs, last = getattr(follow, name), getattr(row, name)
        ours = getattr(customer, name)
        if theirs != last and (not ours or (last and is_same(name, ours, last))):
            setattr(customer, name, theirs)


def _values(row: Follower) -> tuple[object, ...]:
    return tuple(row.user_id if name == "user" else getattr(row, name) for name in COLUMNS)
