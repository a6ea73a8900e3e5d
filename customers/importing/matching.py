"""Whom the rows of a chunk mean, and what each of them would change; nothing is written here.

By corporation and external id, else by UnionID, else by phone and name. A few statements a chunk.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q

from config.api.roles import Role
from customers.actors import Actor
from customers.importing.rows import ImportRow
from customers.models import (
    Customer,
    CustomerChannel,
    CustomerIdentifier,
    CustomerStatus,
    CustomerTag,
)
from customers.table_columns import EMAIL
from customers.visibility import customers_visible_to

UNSEEN = "不在您的可见范围"


@dataclass
class Planned:
    """A row that can be done: a new customer, or what differs (`field: (old, new)`) of a known one."""

    row: ImportRow
    customer: Customer
    is_new: bool
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    owner_before: int | None = None
    is_assigned: bool = False
    tags: list[str] = field(default_factory=list)
    email: str = ""

    @property
    def is_unchanged(self) -> bool:
        has_changed = self.changes or self.is_assigned or self.tags or self.email
        return not (self.is_new or has_changed)


def plan(rows: Sequence[ImportRow], actor: Actor, *, hold: bool) -> list[Planned]:
    """What the good rows would do; the others get their errors. `hold` locks whom they mean."""
    good = [row for row in rows if not row.errors]
    known = _Known(good, actor, hold=hold)
    planned = [item for row in good if (item := _planned(row, known, actor)) is not None]
    _leave_out_what_is_so(planned)
    return [item for item in planned if not item.row.errors]


class _Known:
    """The customers whom these rows could mean."""

    def __init__(self, rows: Sequence[ImportRow], actor: Actor, *, hold: bool) -> None:
        self.by_external: dict[str, list[Customer]] = {}
        self.by_unionid: dict[str, list[Customer]] = {}
        self.by_pair: dict[tuple[str, str], Customer | ImportRow] = {}
        self._phones: set[str] = set()
        self._meant: dict[int, int] = {}
        found = self._find(rows, hold=hold)
        for customer in found:
            if customer.external_userid:
                self.by_external.setdefault(customer.external_userid, []).append(customer)
            if customer.status == CustomerStatus.DELETED:
                continue
            if customer.unionid:
                self.by_unionid.setdefault(customer.unionid, []).append(customer)
            if customer.phone:
                self.by_pair[(customer.phone, customer.name)] = customer
        # Whoever takes another name keeps a number that no row may have named.
        self._add_namesakes({customer.phone for customer in found} - self._phones - {""})
        self.seen = self._seen(found, actor)

    def _find(self, rows: Sequence[ImportRow], *, hold: bool) -> list[Customer]:
        self._phones = {row.values["phone"] for row in rows if row.values.get("phone")}
        externals = {row.external for row in rows if row.external}
        unionids = {row.values["unionid"] for row in rows if row.values.get("unionid")}
        which = Q(pk__in=[])
        for name, values in (
            ("external_userid", externals),
            ("unionid", unionids),
            ("phone", self._phones),
        ):
            if values:
                which |= Q(**{f"{name}__in": values})
        customers = Customer.objects.filter(which).order_by("pk")
        if hold and connection.vendor == "postgresql":
            customers = customers.select_for_update(of=("self",), no_key=True)
        return list(customers)

    def _add_namesakes(self, phones: set[str]) -> None:
        if phones:
            others = Customer.objects.filter(phone__in=phones)
            for customer in others.exclude(status=CustomerStatus.DELETED):
                self.by_pair.setdefault((customer.phone, customer.name), customer)

    def _seen(self, found: Iterable[Customer], actor: Actor) -> set[int]:
        ids = [customer.pk for customer in found if customer.status != CustomerStatus.DELETED]
        if actor.sees_all or not ids:
            return set(ids)
        return set(customers_visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))

    def match(self, row: ImportRow) -> tuple[Customer | None, str]:
        """Whom the row means, and the field that told so."""
        if row.external and (customer := self._external(row)):
            return customer, "external_userid"
        for customer in self.by_unionid.get(row.values.get("unionid", ""), []):
            if not row.external or not customer.external_userid:
                return customer, "unionid"
        found = self.by_pair.get(row.pair) if row.pair else None
        return (found, "phone") if isinstance(found, Customer) else (None, "")

    def first_to_mean(self, customer: Customer, row: ImportRow) -> int:
        """The line that meant this customer first."""
        return self._meant.setdefault(customer.pk, row.line)

    def _external(self, row: ImportRow) -> Customer | None:
        """In the corporation named; without one in ours, else in whichever knows the id."""
        found = self.by_external.get(row.external, [])
        if "corp_id" in row.values:
            return next((item for item in found if item.corp_id == row.values["corp_id"]), None)
        ours = (item for item in found if item.corp_id == settings.WECOM_CORP_ID)
        return next(ours, found[0] if found else None)


def _planned(row: ImportRow, known: _Known, actor: Actor) -> Planned | None:
    customer, told_by = known.match(row)
    if customer is None:
        return _new(row, known, actor)
    if customer.pk not in known.seen:
        if customer.status == CustomerStatus.DELETED and actor.sees_all:
            row.refuse(told_by, "deleted", "这位客户已被删除，请先恢复")
        else:
            row.refuse(told_by, "not_visible", UNSEEN)
        return None
    if row.external and customer.external_userid not in (None, row.external):
        row.refuse("phone", "unique", "手机与姓名属于另一位外部联系人")
        return None
    if (first := known.first_to_mean(customer, row)) != row.line:
        row.refuse(told_by, "duplicate", f"与第 {first} 行是同一位客户")
        return None
    return _changed(row, customer, known, actor)


def _new(row: ImportRow, known: _Known, actor: Actor) -> Planned | None:
    if "name" not in row.values:
        row.refuse("name", "required", "新客户须有姓名")
        return None
    if actor.role == Role.STAFF and row.owner not in (None, actor.user):
        row.refuse("follow_user", "not_allowed", "只有管理员可以指定其他跟进人")
        return None
    if not _claim(row, None, known, row.pair):
        return None
    values = {"channel": CustomerChannel.IMPORT, **row.values}
    if row.external:
        values.setdefault("corp_id", settings.WECOM_CORP_ID)
    owner = row.owner or (actor.user if actor.role == Role.STAFF else None)
    return Planned(
        row,
        Customer(**values, follow_user=owner),
        is_new=True,
        tags=row.tags,
        email=row.email,
    )


def _changed(row: ImportRow, customer: Customer, known: _Known, actor: Actor) -> Planned | None:
    item = Planned(row, customer, is_new=False, owner_before=customer.follow_user_id)
    owner = row.owner.pk if row.owner else None
    if owner is not None and owner != customer.follow_user_id:
        if not actor.sees_all:
            row.refuse("follow_user", "not_allowed", "只有管理员可以指定其他跟进人")
            return None
        item.is_assigned = True
    values = dict(row.values)
    if not row.external or customer.external_userid:
        values.pop("corp_id", None)  # it belongs to the external id
    elif not customer.corp_id:
        values.setdefault("corp_id", settings.WECOM_CORP_ID)
    item.changes = {
        name: (getattr(customer, name), value)
        for name, value in values.items()
        if getattr(customer, name) != value
    }
    phone = values.get("phone", customer.phone)
    pair = (phone, values.get("name", customer.name)) if phone else None
    if {"phone", "name"} & set(item.changes) and not _claim(row, customer, known, pair):
        return None
    item.tags, item.email = row.tags, row.email
    return item


def _claim(
    row: ImportRow, customer: Customer | None, known: _Known, pair: tuple[str, str] | None
) -> bool:
    """Whether phone and name are free, or the customer's own; they are the row's from now on."""
    if pair is None:
        return True
    holder = known.by_pair.get(pair)
    if isinstance(holder, ImportRow):
        row.refuse("phone", "duplicate", f"与第 {holder.line} 行重复")
    elif holder is not None and holder != customer:
        seen = holder.pk in known.seen
        row.refuse("phone", "unique", "已有同名同手机号的客户" if seen else UNSEEN)
    else:
        known.by_pair[pair] = row
        return True
    return False


def _leave_out_what_is_so(planned: Sequence[Planned]) -> None:
    """Tags that are carried and addresses that are known are no changes."""
    ids = [item.customer.pk for item in planned if not item.is_new and (item.tags or item.email)]
    if not ids:
        return
    tags = CustomerTag.objects.filter(customer__in=ids).values_list("customer_id", "tag__name")
    carried = set(tags)
    addresses = CustomerIdentifier.objects.filter(customer__in=ids, channel=EMAIL)
    emails = dict(addresses.values_list("customer_id", "address"))
    for item in planned:
        pk = item.customer.pk
        if not item.is_new:
            item.tags = [name for name in item.tags if (pk, name) not in carried]
            item.email = "" if emails.get(pk) == item.email else item.email
