"""Customer groups as the platform has them: details, who is in, who has come and gone since."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from config.database.locks import transaction_locks
from customers.actions import groups as actions
from customers.actors import Entry, system_actor
from customers.models import Customer, CustomerGroup, GroupMember, GroupStatus
from wechat.sync.followers import staff_of
from wechat.sync.payloads import Group
from wechat.sync.runs import Tally

COLUMNS = (
    "name", "notice", "owner_userid", "owner_id", "member_version", "group_created_at", "status",
    "dismissed_at", "member_count",
)  # fmt: skip


def customers_of(member_ids: Collection[str]) -> dict[str, Customer]:
    """Our customers among members of groups."""
    found = Customer.objects.filter(
        external_userid__in=member_ids, corp_id=settings.WECOM_CORP_ID, erased_at=None
    ).only("pk", "external_userid")
    return {str(customer.external_userid): customer for customer in found}


def hold_group(chat_id: str) -> CustomerGroup:
    """The group, made when it is new, held until the transaction ends."""
    transaction_locks({f"wecom.group:{chat_id}"})
    group, _ = CustomerGroup.objects.get_or_create(chat_id=chat_id)
    rows = CustomerGroup.objects.filter(pk=group.pk)
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(no_key=True)
    return rows.get()


@transaction.atomic
def groups_apply(groups: Sequence[Group], *, at: datetime) -> Tally:
    """Writes `groups` as the platform had them at `at`, with a bounded number of statements each."""
    transaction_locks({f"wecom.group:{group.chat_id}" for group in groups})
    tally = Tally(processed=len(groups))
    known = {
        group.chat_id: group
        for group in CustomerGroup.objects.filter(chat_id__in=[group.chat_id for group in groups])
    }
    customers = customers_of({p.member_id for group in groups for p in group.people})
    staff = staff_of({group.owner for group in groups})
    for theirs in groups:
        ours = known.get(theirs.chat_id)
        is_new = ours is None
        ours = ours or CustomerGroup.objects.create(chat_id=theirs.chat_id)
        changed = _members(ours, theirs, customers, at=at, is_new=is_new, tally=tally)
        owner = staff.get(theirs.owner)
        values: dict[str, Any] = {
            "name": theirs.name,
            "notice": theirs.notice,
            "owner_userid": theirs.owner,
            "owner_id": owner.pk if owner else None,
            "member_version": theirs.version or ours.member_version,
            "group_created_at": theirs.created_at or ours.group_created_at,
            "status": GroupStatus.ACTIVE,
            "dismissed_at": None,
            "member_count": len(theirs.people),
        }
        differing = [name for name in COLUMNS if getattr(ours, name) != values[name]]
        CustomerGroup.objects.filter(pk=ours.pk).update(**values, synced_at=at)
        _count(tally, theirs, differing, is_new=is_new, is_changed=changed or bool(differing))
    return tally


def _count(
    tally: Tally, group: Group, differing: list[str], *, is_new: bool, is_changed: bool
) -> None:
    tally.created += is_new
    tally.updated += is_changed and not is_new
    tally.unchanged += not is_changed and not is_new
    if is_new:
        tally.differences.append(("group_missing", group.name or group.chat_id))
    elif set(differing) - {"member_count", "member_version"}:
        tally.differences.append(("group_differs", group.name or group.chat_id))


def _members(
    ours: CustomerGroup,
    theirs: Group,
    customers: dict[str, Customer],
    *,
    at: datetime,
    is_new: bool,
    tally: Tally,
) -> bool:
    """Whether the list of members differed."""
    actor = system_actor(Entry.WECOM_SYNC)
    present = {row.member_id: row for row in ours.members.filter(left_at=None)}
    people = {person.member_id: person for person in theirs.people}
    gone = [row for member_id, row in present.items() if member_id not in people]
    new = [person for member_id, person in people.items() if member_id not in present]
    GroupMember.objects.filter(pk__in=[row.pk for row in gone]).update(left_at=at)
    GroupMember.objects.bulk_create(
        GroupMember(
            group=ours,
            member_id=person.member_id,
            kind=person.kind,
            name=person.name,
            customer=customers.get(person.member_id),
            invitor_userid=person.invitor,
            join_scene=person.join_scene,
            joined_at=person.joined_at,
        )
        for person in new
    )
    _details(present, people, customers)
    if not is_new:
        actions.tell_members("customer.group.joined", ours, [p.member_id for p in new], actor)
        actions.tell_members("customer.group.left", ours, [row.member_id for row in gone], actor)
        if new or gone:
            words = f"{theirs.name}：多 {len(new)} 人，少 {len(gone)} 人"
            tally.differences.append(("members_differ", words))
    return bool(new or gone)


def _details(
    present: dict[str, GroupMember], people: dict[str, Any], customers: dict[str, Customer]
) -> None:
    """What an event did not say of those who are there: names, who invited them, which customer."""
    changed = []
    for member_id, row in present.items():
        person = people.get(member_id)
        if person is None:
            continue
        customer = customers.get(member_id)
        wanted = (
            person.name or row.name,
            person.kind,
            person.invitor or row.invitor_userid,
            person.joined_at,
            customer.pk if customer else row.customer_id,
        )
        if wanted != (row.name, row.kind, row.invitor_userid, row.joined_at, row.customer_id):
            row.name, row.kind, row.invitor_userid, row.joined_at, row.customer_id = wanted
            changed.append(row)
    GroupMember.objects.bulk_update(
        changed, ["name", "kind", "invitor_userid", "joined_at", "customer"]
    )


@transaction.atomic
def group_gone(chat_id: str, *, at: datetime) -> bool:
    """The platform does not know the group any more; False when neither did we."""
    return actions.group_dismiss(hold_group(chat_id), at=at, actor=system_actor(Entry.WECOM_SYNC))
