"""Making one customer of two."""

from collections.abc import Collection

from django.db import connection, transaction

from config.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from config.events.publish import publish_many
from config.logs import get_logger
from customers.actions.doubles import refusing_doubles
from customers.actions.history import about, announce, changed_later, order_key, record
from customers.actors import Actor
from customers.merging import fields, parts
from customers.merging.cases_settled import settle_case
from customers.merging.obstacles import obstacles
from customers.models import Customer, CustomerEventKind, CustomerStatus

logger = get_logger(__name__)


@transaction.atomic
def customers_merge(*, keep: Customer, gone: Customer, actor: Actor) -> Customer:
    """`keep` with all that `gone` had; `gone` is deleted and says where it went. No way back.

    For administrators and for what the system itself knows. Again: nothing happens. Raises
    `NotAllowedError`, `InvalidInputError` for one and the same, `NotFoundError` for who is deleted,
    `ConflictError` (`not_mergeable`, `merged`).
    """
    if not actor.sees_all:
        raise NotAllowedError("只有管理员可以合并客户")
    return merge_proved(keep=keep, gone=gone, actor=actor)


@transaction.atomic
def merge_proved(*, keep: Customer, gone: Customer, actor: Actor) -> Customer:
    """`customers_merge` by whoever has proved that both are them: a phone, a unionid.

    Locks in the order of all: advisory locks, the customers' rows by their keys, the rooms' rows,
    the order locks of events.
    """
    if keep.pk == gone.pk:
        raise InvalidInputError("不能把客户与自己合并", attr="keep")
    ids = sorted((keep.pk, gone.pk))
    parts.take_locks(ids)
    held = hold_customers(ids)
    keep, gone = held[keep.pk], held[gone.pk]
    if gone.merged_into_id == keep.pk:
        return keep
    for customer in (keep, gone):
        if customer.merged_into_id is not None:
            raise ConflictError(
                f"客户 {customer.pk} 已并入客户 {customer.merged_into_id}", code="merged"
            )
        if customer.status == CustomerStatus.DELETED or customer.erased_at is not None:
            raise NotFoundError(f"没有客户 {customer.pk}")
    if against := obstacles(keep, gone):
        raise ConflictError("；".join(against), code="not_mergeable")
    parts.hold_rows(ids)
    changes = _become_one(keep, gone)
    moved = parts.move_all(keep, gone, actor)
    _tell(keep, gone, actor, moved, changes)
    settle_case(keep, gone, actor)
    logger.info("customers_merged", customer_id=keep.pk, gone_id=gone.pk, moved=moved)
    return keep


@transaction.atomic
def gather(gone: Customer, actor: Actor) -> dict[str, int]:
    """Moves on what reached a merged row late, by whoever had read it before; by part, how much."""
    gone.refresh_from_db()
    if gone.merged_into_id is None:
        return {}
    ids = sorted((gone.pk, gone.merged_into_id))
    parts.take_locks(ids)
    held = hold_customers(ids)
    parts.hold_rows(ids)
    keep = held[gone.merged_into_id]
    moved = parts.move_all(keep, held[gone.pk], actor)
    if moved:
        logger.info("customers_gathered", customer_id=keep.pk, gone_id=gone.pk, moved=moved)
    changed_later(*ids)
    return moved


def hold_customers(ids: Collection[int]) -> dict[int, Customer]:
    """The rows, held in everybody's order; raises `NotFoundError`."""
    rows = Customer.objects.filter(pk__in=ids).order_by("pk")
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(of=("self",), no_key=True)
    found = {customer.pk: customer for customer in rows}
    for pk in ids:
        if pk not in found:
            raise NotFoundError(f"没有客户 {pk}")
    return found


def _become_one(keep: Customer, gone: Customer) -> fields.Changes:
    """The columns; the row that is gone is written first, so that the unique indexes let the other."""
    changes = fields.fill(keep, gone)
    fields.empty(gone)
    gone.merged_into = keep
    gone.save()
    # Whoever was merged into the one that is gone now stands for the one that was kept.
    Customer.objects.filter(merged_into=gone).update(merged_into=keep)
    refusing_doubles(keep, keep.save)
    return changes


def _tell(
    keep: Customer,
    gone: Customer,
    actor: Actor,
    moved: dict[str, int],
    changes: fields.Changes,
) -> None:
    """History on both sides, and the events."""
    what = parts.in_words(moved)
    record(
        keep,
        actor,
        CustomerEventKind.MERGED,
        content=f"并入客户 {gone.pk} {gone.name}" + (f"：{what}" if what else ""),
        changes=changes,
    )
    record(
        gone,
        actor,
        CustomerEventKind.MERGED,
        content=f"已并入客户 {keep.pk} {keep.name}",
        changes={"merged_into": (None, keep.pk)},
    )
    news = {**about(keep, actor), "merged_customer_id": gone.pk, "moved": moved}
    publish_many("customer.merged", [news], keys=[order_key(keep.pk), order_key(gone.pk)])
    changed_later(keep.pk, gone.pk)
    if changes or "tags" in moved:
        # What the platform is to know of them too.
        names = sorted({*changes, *({"tags"} & set(moved))})
        announce("customer.updated", keep, actor, fields=names)
