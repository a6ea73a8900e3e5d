"""A customer and a member of the company become friends in WeCom, or cease to be."""

from datetime import datetime

from customers.actions.assign import give_to
from customers.actions.history import announce, record
from customers.actions.standing import customer_mark_lost, customer_mark_recovered
from customers.actors import Actor
from customers.models import (
    Customer,
    CustomerEventKind,
    CustomerStatus,
    Follower,
    FollowerStatus,
    User,
)
from customers.queries.staff import staff_by_wecom_user_id

BY = {
    FollowerStatus.REMOVED_BY_CUSTOMER: "customer",
    FollowerStatus.REMOVED_BY_STAFF: "staff",
    FollowerStatus.TRANSFERRED: "staff",
}


def follower_add(
    *,
    customer: Customer,
    wecom_user_id: str,
    at: datetime,
    actor: Actor,
    state: str = "",
) -> bool:
    """Inside an action that holds the customer; False when they were friends already.

    A lost customer has come back by it.
    """
    follower = Follower.objects.filter(customer=customer, wecom_user_id=wecom_user_id).first()
    if follower is None:
        follower = Follower(customer=customer, wecom_user_id=wecom_user_id)
    elif follower.status == FollowerStatus.ACTIVE or (
        follower.removed_at is not None and follower.removed_at > at
    ):
        return False
    follower.user = staff_by_wecom_user_id(wecom_user_id)
    follower.status, follower.removed_at = FollowerStatus.ACTIVE, None
    follower.added_at, follower.state = at, state[:64]
    follower.save()
    if customer.follow_user_id is None and follower.user is not None:
        customer.follow_user = follower.user
        customer.save(update_fields=["follow_user", "updated_at"])
    name = _name_of(follower)
    record(customer, actor, CustomerEventKind.FOLLOWER_ADDED, content=f"添加了 {name}")
    announce("customer.follower.added", customer, actor, wecom_user_id=wecom_user_id, by="customer")
    if customer.status == CustomerStatus.LOST:
        customer_mark_recovered(customer_id=customer.pk, actor=actor)
    return True


def follower_remove(
    *,
    customer: Customer,
    wecom_user_id: str,
    status: FollowerStatus,
    at: datetime,
    actor: Actor,
) -> bool:
    """Inside an action that holds the customer; False when that was known, or is out of date.

    A customer who removed the last friend is lost.
    """
    follower = (
        Follower.objects.filter(customer=customer, wecom_user_id=wecom_user_id)
        .select_related("user")
        .first()
    )
    if follower is None or follower.status != FollowerStatus.ACTIVE:
        return False
    if follower.added_at is not None and follower.added_at > at:
        return False
    follower.status, follower.removed_at = status, at
    follower.save(update_fields=["status", "removed_at"])
    name, by = _name_of(follower), BY[status]
    words = {
        FollowerStatus.REMOVED_BY_CUSTOMER: f"客户删除了 {name}",
        FollowerStatus.REMOVED_BY_STAFF: f"{name} 删除了客户",
        FollowerStatus.TRANSFERRED: f"{name} 的客户已转给同事",
    }
    record(customer, actor, CustomerEventKind.FOLLOWER_LOST, content=words[status])
    announce(
        "customer.follower.removed",
        customer,
        actor,
        wecom_user_id=wecom_user_id,
        by=by,
        is_transfer=status == FollowerStatus.TRANSFERRED,
    )
    _follow_on(customer, follower.user, actor)
    has_friends = customer.followers.filter(status=FollowerStatus.ACTIVE).exists()
    if by == "customer" and customer.status == CustomerStatus.NORMAL and not has_friends:
        customer_mark_lost(customer_id=customer.pk, actor=actor, reason=words[status])
    return True


def _follow_on(customer: Customer, gone: User | None, actor: Actor) -> None:
    """Another friend with an account goes on following up, if it was the one who is gone."""
    if gone is None or customer.follow_user_id != gone.pk or not gone.is_active:
        return
    following = (
        customer.followers.filter(status=FollowerStatus.ACTIVE, user__is_active=True)
        .select_related("user")
        .order_by("added_at", "id")
        .first()
    )
    if following is None or following.user is None:
        return
    give_to(customer, following.user, actor, "原跟进人已不是客户的好友")


def _name_of(follower: Follower) -> str:
    return follower.user.display_name if follower.user else follower.wecom_user_id
