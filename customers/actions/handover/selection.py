"""Which customers and groups somebody would hand over."""

from collections.abc import Iterator, Sequence

from django.db.models import Q

from config.api.roles import Role
from customers.actions.handover import movers
from customers.actors import Actor, Entry
from customers.models import (
    Customer,
    CustomerGroup,
    CustomerStatus,
    Follower,
    FollowerStatus,
    GroupStatus,
    User,
)
from customers.visibility import customers_visible_to

AT_ONCE = 500


def chunks(ids: Sequence[int], size: int = AT_ONCE) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def customers_bound_to(user: User) -> list[int]:
    """Everybody whom `user` follows up, is friends with in WeCom, or has something open of."""
    live = Customer.objects.exclude(status=CustomerStatus.DELETED)
    own = Q(follow_user=user)
    if user.wecom_user_id:
        friends = Follower.objects.filter(
            wecom_user_id=user.wecom_user_id, status=FollowerStatus.ACTIVE
        )
        own |= Q(pk__in=friends.values("customer_id"))
    found = set(live.filter(own).values_list("pk", flat=True))
    # Bound by work alone: an administrator's view is everybody, so they are looked at as staff.
    as_staff = Actor(user, user.display_name, Role.STAFF, Entry.SYSTEM)
    others = customers_visible_to(as_staff).exclude(own).order_by("pk")
    for part in chunks(list(others.values_list("pk", flat=True))):
        found |= {pk for counted in movers.counts(part, user).values() for pk in counted}
    return sorted(found)


def groups_of(user: User) -> list[int]:
    """The live customer groups that `user` owns."""
    groups = CustomerGroup.objects.filter(owner=user, status=GroupStatus.ACTIVE)
    return list(groups.order_by("pk").values_list("pk", flat=True))
