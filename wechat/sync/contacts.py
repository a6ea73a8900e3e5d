"""A page of contacts written here, with a bounded number of statements, as often as one likes.

The platform's copy and ours are merged field by field with what the platform said last
(`FollowerMirror`) as their common ancestor: its changes are taken over, ours are not overwritten.
"""

import math
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Q, QuerySet

from config.database.locks import transaction_locks
from customers.models import (
    Customer,
    CustomerChannel,
    CustomerEventKind,
    CustomerStatus,
)
from wechat.models import FollowerMirror
from wechat.sync import followers, owners, tag_links
from wechat.sync.ledger import Ledger
from wechat.sync.payloads import Contact, Follow
from wechat.sync.runs import Tally

NAMELESS = "微信用户"
COLUMNS = [
    "corp_id", "external_userid", "unionid", "name", "phone", "company", "avatar", "type",
    "gender", "remark", "description", "status", "lost_at", "follow_user", "add_time", "updated_at",
]  # fmt: skip


def contacts_apply(contacts: Sequence[Contact], *, at: datetime, is_whole: bool = False) -> Tally:
    """Writes `contacts` as the platform had them at `at`; inside the caller's transaction.

    `is_whole`: all followers of each are named, so whoever is not has ceased to be one. One contact
    that cannot be written does not keep the others out.
    """
    try:
        with transaction.atomic():
            return _apply(contacts, at=at, is_whole=is_whole)
    except (IntegrityError, DataError):
        if len(contacts) == 1:
            words = contacts[0].external_userid
            return Tally(processed=1, failed=1, differences=[("contact_refused", words)])
    tally = Tally()
    for contact in contacts:
        tally.add(contacts_apply([contact], at=at, is_whole=is_whole))
    return tally


def _apply(contacts: Sequence[Contact], *, at: datetime, is_whole: bool) -> Tally:
    transaction_locks({f"wecom.contact:{contact.external_userid}" for contact in contacts})
    ledger = Ledger()
    known = _known(contacts)
    new = _create([contact for contact in contacts if contact.external_userid not in known], ledger)
    customers = {**known, **new}
    # Erased people are not filled in again.
    pairs = [
        (customers[contact.external_userid], contact)
        for contact in contacts
        if customers[contact.external_userid].erased_at is None
    ]
    before = {
        customer.pk: {name: getattr(customer, name) for name in COLUMNS} for customer, _ in pairs
    }
    book = followers.FollowerBook(pairs)
    for customer, contact in pairs:
        _merge(customer, contact, book.mirrors(customer))
    _fill_phones([(customer, contact) for customer, contact in pairs if not customer.phone])
    book.write(at=at, is_whole=is_whole, ledger=ledger, new=set(new))
    owners.settle([customer for customer, _ in pairs], book, ledger, new=set(new))
    tag_links.merge(pairs, book, ledger, new=set(new))
    _save(pairs, before, ledger, at=at, new=set(new), book=book)
    ledger.close()
    changed = sum(customer.pk in ledger.touched for customer, _ in pairs)
    return Tally(
        processed=len(contacts),
        created=len(new),
        updated=changed - len(new),
        unchanged=len(contacts) - changed,
        differences=ledger.differences,
    )


def _known(contacts: Sequence[Contact]) -> dict[str, Customer]:
    """Our customers by external id, held; also those whom the same person is by another sign."""
    ids = [contact.external_userid for contact in contacts]
    corp = settings.WECOM_CORP_ID
    ours = Q(external_userid__in=ids, corp_id__in=[corp, ""])
    found: dict[str, Customer] = {}
    # The one that names the corporation comes last and stays.
    for customer in _held(Customer.objects.filter(ours).order_by("corp_id", "id")):
        found[str(customer.external_userid)] = customer
    missing = [contact for contact in contacts if contact.external_userid not in found]
    for contact, customer in _same_people(missing):
        found[contact.external_userid] = customer
    return found


def _same_people(contacts: Sequence[Contact]) -> list[tuple[Contact, Customer]]:
    """Followers of the Official Account by unionid, customers of ours by phone and name."""
    unionids = {contact.unionid for contact in contacts if contact.unionid}
    numbers = {phone for contact in contacts for phone in _phones(contact)}
    free = Customer.objects.filter(external_userid=None, erased_at=None)
    rows = _held(
        free.filter(Q(unionid__in=unionids) | Q(phone__in=numbers))
        .exclude(status=CustomerStatus.DELETED)
        .order_by("-id")
    )
    by_union = {customer.unionid: customer for customer in rows if customer.unionid}
    by_phone = {(customer.phone, customer.name): customer for customer in rows if customer.phone}
    found: list[tuple[Contact, Customer]] = []
    taken: set[int] = set()
    for contact in contacts:
        signs = [by_phone.get((phone, contact.name)) for phone in _phones(contact)]
        for customer in (by_union.get(contact.unionid) if contact.unionid else None, *signs):
            if customer is not None and customer.pk not in taken:
                taken.add(customer.pk)
                found.append((contact, customer))
                break
    return found


def _create(contacts: Sequence[Contact], ledger: Ledger) -> dict[str, Customer]:
    userids = {follow.userid for contact in contacts for follow in contact.follows}
    staff = followers.staff_of(userids)
    pairs: list[tuple[Customer, Contact]] = []
    for contact in contacts:
        known = [follow for follow in contact.follows if follow.userid in staff]
        first = min(known or contact.follows, key=_age, default=None)
        customer = Customer(name=contact.name or NAMELESS, channel=CustomerChannel.WECOM)
        _merge(customer, contact, [])
        if first is not None:
            customer.follow_user = staff.get(first.userid)
            customer.remark, customer.description = first.remark, first.description
        added = [follow.added_at for follow in contact.follows if follow.added_at]
        customer.add_time = min(added, default=customer.add_time)
        pairs.append((customer, contact))
    _fill_phones(pairs)
    Customer.objects.bulk_create([customer for customer, _ in pairs])
    for customer, contact in pairs:
        ledger.differs("customer_missing", f"{customer.name}（{contact.external_userid}）")
    return {contact.external_userid: customer for customer, contact in pairs}


def _age(follow: Follow) -> float:
    return follow.added_at.timestamp() if follow.added_at else math.inf


def _merge(customer: Customer, contact: Contact, mirrors: Sequence[FollowerMirror]) -> None:
    """The platform's changes of the person's own data; what was changed here stays."""
    customer.corp_id = settings.WECOM_CORP_ID
    customer.external_userid = contact.external_userid
    if contact.name and (
        customer.name == NAMELESS or any(customer.name == mirror.name for mirror in mirrors)
    ):
        customer.name = contact.name
    company = contact.company or next((f.company for f in contact.follows if f.company), "")
    if company and (
        not customer.company or any(customer.company == mirror.company for mirror in mirrors)
    ):
        customer.company = company
    customer.avatar = contact.avatar or customer.avatar
    customer.unionid = contact.unionid or customer.unionid
    customer.gender = contact.gender or customer.gender
    customer.type = contact.kind


def _fill_phones(pairs: Sequence[tuple[Customer, Contact]]) -> None:
    """A phone that a member noted, unless somebody of the same name has it."""
    numbers = {phone for _, contact in pairs for phone in _phones(contact)}
    if not numbers:
        return
    taken = set(
        Customer.objects.filter(phone__in=numbers)
        .exclude(status=CustomerStatus.DELETED)
        .values_list("phone", "name")
    )
    for customer, contact in pairs:
        for phone in _phones(contact):
            if (phone, customer.name) not in taken:
                customer.phone = phone
                taken.add((phone, customer.name))
                break


def _save(
    pairs: Sequence[tuple[Customer, Contact]],
    before: dict[int, dict[str, Any]],
    ledger: Ledger,
    *,
    at: datetime,
    new: Collection[str],
    book: followers.FollowerBook,
) -> None:
    changed: list[Customer] = []
    for customer, _ in pairs:
        _recover(customer, ledger, book)
        old = before[customer.pk]
        fields = {
            name: (_shown(old[name]), _shown(getattr(customer, name)))
            for name in COLUMNS
            if getattr(customer, name) != old[name]
        }
        is_new = customer.external_userid in new
        if not fields and not is_new:
            continue
        if fields:
            customer.updated_at = at
            changed.append(customer)
        if is_new:
            ledger.record(customer, CustomerEventKind.CREATED, content="从企业微信同步")
            ledger.announce("customer.created", customer, channel=customer.channel)
        elif set(fields) - {"follow_user", "status", "lost_at"}:
            ledger.record(customer, CustomerEventKind.UPDATED, changes=fields)
            ledger.announce("customer.updated", customer, fields=sorted(fields))
            kind = "customer_attached" if "external_userid" in fields else "customer_differs"
            ledger.differs(kind, f"{customer.name}：{'、'.join(sorted(fields))}")
    Customer.objects.bulk_update(changed, COLUMNS)


def _recover(customer: Customer, ledger: Ledger, book: followers.FollowerBook) -> None:
    """Whoever is a friend again is lost no more."""
    if customer.status != CustomerStatus.LOST or not book.active(customer):
        return
    customer.status, customer.lost_at = CustomerStatus.NORMAL, None
    ledger.record(customer, CustomerEventKind.RECOVERED)
    ledger.announce("customer.recovered", customer)


def _held(customers: QuerySet[Customer]) -> list[Customer]:
    if connection.vendor == "postgresql":
        customers = customers.select_for_update(of=("self",), no_key=True)
    return list(customers)


def _phones(contact: Contact) -> list[str]:
    return [phone for follow in contact.follows for phone in follow.phones]


def _shown(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if value is not None and not isinstance(value, str | int) else value
