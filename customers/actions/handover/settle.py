"""One customer's hand-over comes true: everything of theirs moves in one transaction."""

from collections.abc import Sequence

from django.db import connection, transaction
from django.utils import timezone

from config.errors import AppError
from config.events.publish import publish_many
from customers.actions.handover import movers
from customers.actions.handover.notes import was_owner
from customers.actions.history import about, changed_later, order_key
from customers.actions.standing import customer_mark_recovered
from customers.actors import Actor, Entry
from customers.models import (
    Customer,
    CustomerEvent,
    CustomerEventKind,
    CustomerStatus,
    Follower,
    FollowerStatus,
    Handover,
    HandoverItem,
    HandoverState,
    User,
)


def settle(
    *,
    handover: Handover,
    item_ids: Sequence[int],
    to_user: User,
    actor: Actor,
    on_platform: bool,
    note: str = "",
) -> int:
    """Moves the customers of these open items to `to_user`; returns how many it moved.

    All in one transaction; when a room refuses one of them, each in its own, and the refused one
    fails alone. Items that are no longer open stay as they are: settling twice moves nothing.
    """
    try:
        return _settle(handover, item_ids, to_user, actor, on_platform, note)
    except AppError as error:
        if len(item_ids) == 1:
            HandoverItem.objects.filter(pk=item_ids[0]).update(
                state=HandoverState.FAILED,
                code=error.code[:32],
                detail=error.detail[:300],
                finished_at=timezone.now(),
            )
            return 0
    return sum(
        settle(
            handover=handover,
            item_ids=[pk],
            to_user=to_user,
            actor=actor,
            on_platform=on_platform,
            note=note,
        )
        for pk in item_ids
    )


@transaction.atomic
def _settle(
    handover: Handover,
    item_ids: Sequence[int],
    to_user: User,
    actor: Actor,
    on_platform: bool,
    note: str,
) -> int:
    """Locks in one order: items, customers, what is theirs, and the events' order last."""
    items = _held_items(handover, item_ids, to_user)
    customers = _held_customers([item.customer_id for item in items if item.customer_id])
    ids = list(customers)
    from_user = handover.from_user
    held = movers.hold(ids, from_user)
    _announce(handover, customers, held, to_user, actor)
    moved = movers.move_all(ids, from_user, to_user, actor)
    owned = [pk for pk, customer in customers.items() if customer.follow_user_id == from_user.pk]
    if on_platform:
        owned += _passed_on_by_wecom(items, customers, besides=owned)
    _record(handover, customers, owned, moved, to_user, actor)
    now = timezone.now()
    Customer.objects.filter(pk__in=owned).update(follow_user=to_user, updated_at=now)
    if on_platform:
        _befriend(ids, from_user, to_user)
        _unlose(items, actor)
    for item in items:
        item.moved = {**item.moved, **moved.get(item.customer_id or 0, {})}
        if item.customer_id in owned:
            item.moved["customers"] = 1
        item.state, item.code, item.detail = HandoverState.DONE, "", note[:300]
        item.finished_at = now
        if not on_platform:
            item.submitted_at = None  # the platform moved nothing, so it counts for no limit
    HandoverItem.objects.bulk_update(
        items, ["state", "code", "detail", "moved", "submitted_at", "finished_at"]
    )
    changed_later(*ids)
    return len(items)


def _held_items(handover: Handover, item_ids: Sequence[int], to_user: User) -> list[HandoverItem]:
    """Those still open and still meant for `to_user`."""
    rows = HandoverItem.objects.filter(
        pk__in=item_ids,
        handover=handover,
        customer__isnull=False,
        to_user=to_user,
        state__in=[HandoverState.PENDING, HandoverState.WAITING],
    ).order_by("pk")
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(of=("self",), no_key=True)
    return list(rows)


def _held_customers(customer_ids: Sequence[int]) -> dict[int, Customer]:
    rows = Customer.objects.filter(pk__in=customer_ids).order_by("pk")
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(of=("self",), no_key=True)
    return {customer.pk: customer for customer in rows}


def _passed_on_by_wecom(
    items: Sequence[HandoverItem], customers: dict[int, Customer], *, besides: Sequence[int]
) -> list[int]:
    """Those who were the giver's and whom what WeCom told has given to some friend meanwhile.

    Whom a person has assigned since then stays with whom they were assigned to.
    """
    asked_at = {
        item.customer_id: item.submitted_at
        for item in items
        if item.customer_id in customers and item.customer_id not in besides and was_owner(item)
    }
    assigned = CustomerEvent.objects.filter(
        customer_id__in=[pk for pk in asked_at if pk], kind=CustomerEventKind.ASSIGNED
    )
    last: dict[int, str] = {}
    for pk, entry, at in assigned.order_by("pk").values_list("customer_id", "entry", "created_at"):
        since = asked_at[pk]
        if since is not None and at >= since:
            last[pk] = entry
    return [pk for pk, entry in last.items() if entry == Entry.WECOM_SYNC]


def _announce(
    handover: Handover,
    customers: dict[int, Customer],
    held: dict[int, dict[str, int]],
    to_user: User,
    actor: Actor,
) -> None:
    """Before the rooms announce theirs: it takes the order locks of all, in everybody's order."""
    from_user = handover.from_user
    publish_many(
        "customer.transferred",
        [
            {
                **about(customer, actor),
                "handover_id": handover.pk,
                "reason": handover.reason,
                "from_user_id": from_user.pk,
                "to_user_id": to_user.pk,
                "from_wecom_user_id": from_user.wecom_user_id or "",
                "to_wecom_user_id": to_user.wecom_user_id or "",
                "moved": held[pk],
            }
            for pk, customer in customers.items()
        ],
        keys=[order_key(pk) for pk in customers],
    )


def _record(
    handover: Handover,
    customers: dict[int, Customer],
    owned: Sequence[int],
    moved: dict[int, dict[str, int]],
    to_user: User,
    actor: Actor,
) -> None:
    names = [handover.from_user.display_name, to_user.display_name]
    CustomerEvent.objects.bulk_create(
        CustomerEvent(
            customer=customer,
            kind=CustomerEventKind.TRANSFERRED,
            content=_sentence(handover, names, moved[pk]),
            changes={"follow_user": names} if pk in owned else {},
            actor=actor.user,
            actor_name=actor.name,
            entry=actor.entry,
        )
        for pk, customer in customers.items()
    )


def _sentence(handover: Handover, names: Sequence[str], moved: dict[str, int]) -> str:
    labels = movers.labels()
    along = "、".join(f"{labels[name]} {number}" for name, number in moved.items())
    sentence = f"{handover.get_reason_display()}：{names[0]} → {names[1]}"
    return (f"{sentence}（一并移交：{along}）" if along else sentence)[:500]


def _befriend(customer_ids: Sequence[int], from_user: User, to_user: User) -> None:
    """The platform tells nobody of what our own call did (§2.4), so our copy changes here."""
    now = timezone.now()
    Follower.objects.filter(
        customer_id__in=customer_ids, wecom_user_id=from_user.wecom_user_id
    ).update(status=FollowerStatus.TRANSFERRED, removed_at=now)
    Follower.objects.bulk_create(
        [
            Follower(
                customer_id=pk,
                wecom_user_id=to_user.wecom_user_id or "",
                user=to_user,
                status=FollowerStatus.ACTIVE,
                added_at=now,
            )
            for pk in customer_ids
        ],
        update_conflicts=True,
        unique_fields=["customer", "wecom_user_id"],
        update_fields=["user", "status", "removed_at"],
    )


def _unlose(items: Sequence[HandoverItem], actor: Actor) -> None:
    """Who was counted as lost since we asked was lost by the hand-over itself: they are not."""
    asked_at = {item.customer_id: item.submitted_at for item in items if item.customer_id}
    lost = Customer.objects.filter(pk__in=asked_at, status=CustomerStatus.LOST)
    for pk, lost_at in lost.values_list("pk", "lost_at"):
        since = asked_at[pk]
        if since is not None and lost_at is not None and lost_at >= since:
            customer_mark_recovered(customer_id=pk, actor=actor)
