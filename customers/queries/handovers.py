"""Reading hand-overs; and finding who hands over, though they may have left."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from config.api.roles import Role
from config.errors import InvalidInputError
from config.whole_number import whole_number
from customers.actors import Actor
from customers.models import (
    Customer,
    CustomerGroup,
    CustomerStatus,
    Follower,
    FollowerStatus,
    GroupStatus,
    Handover,
    HandoverItem,
    HandoverStatus,
    User,
)
from customers.visibility import handovers_visible_to

MAX_ID = 2**63 - 1
MOST_LEAVERS = 10


def handovers_for(actor: Actor) -> QuerySet[Handover]:
    """The cases that `actor` may see, with who hands over and who started them."""
    return handovers_visible_to(actor).select_related("from_user", "created_by")


def items_of(handover: Handover) -> QuerySet[HandoverItem]:
    return handover.items.select_related("customer", "group", "to_user").order_by("pk")


def giver_named(value: Any, *, attr: str) -> User:
    """A colleague of today or of before, by id, user name, WeCom user id or full name.

    Raises `InvalidInputError` naming `attr` for nobody, and for more than one of a name.
    """
    text = str(value).strip()
    if isinstance(value, bool) or not isinstance(value, int | str) or not 0 < len(text) <= 150:
        raise InvalidInputError("必须是员工的 id、用户名或企业微信账号", attr=attr)
    team = User.objects.filter(role__in=[Role.STAFF, Role.ADMIN])
    by_name = team.filter(Q(username=text) | Q(wecom_user_id=text)).first()
    if isinstance(value, str) and by_name is not None:
        return by_name
    number = whole_number(text, longest=19)
    if number is not None and number <= MAX_ID:
        found = team.filter(pk=number).first()
        if found is not None:
            return found
    named = list(team.filter(name=text)[:2])
    if len(named) != 1:
        refusal = f"有多位同事叫「{text}」" if named else f"找不到同事「{text[:50]}」"
        raise InvalidInputError(refusal, code="unknown_staff", attr=attr)
    return named[0]


@dataclass(frozen=True)
class LeftBehind:
    """What somebody still has: customers followed up, friends in WeCom, customer groups."""

    user: User
    customers: int
    friends: int
    groups: int
    # A running case of theirs, if there is one.
    handover_id: int | None = None

    @property
    def user_key(self) -> str:
        """For a link."""
        return str(self.user.pk)


def left_behind(user: User) -> LeftBehind:
    """What `user` would hand over."""
    live = Customer.objects.exclude(status=CustomerStatus.DELETED)
    friends = Follower.objects.filter(
        wecom_user_id=user.wecom_user_id or "", status=FollowerStatus.ACTIVE
    )
    running = user.handovers.filter(status__in=[HandoverStatus.RUNNING, HandoverStatus.WAITING])
    return LeftBehind(
        user,
        live.filter(follow_user=user).count(),
        friends.count() if user.wecom_user_id else 0,
        CustomerGroup.objects.filter(owner=user, status=GroupStatus.ACTIVE).count(),
        running.order_by("-pk").values_list("pk", flat=True).first(),
    )


def leavers_with_customers() -> list[LeftBehind]:
    """Who left and whose customers or groups nobody has taken over; the latest first."""
    still = Q(
        pk__in=Customer.objects.exclude(status=CustomerStatus.DELETED)
        .filter(follow_user__resigned_at__isnull=False)
        .values("follow_user_id")
    ) | Q(
        pk__in=CustomerGroup.objects.filter(
            owner__resigned_at__isnull=False, status=GroupStatus.ACTIVE
        ).values("owner_id")
    )
    befriended = Follower.objects.filter(
        wecom_user_id__in=User.objects.filter(resigned_at__isnull=False).values("wecom_user_id"),
        status=FollowerStatus.ACTIVE,
    ).values("wecom_user_id")
    gone = User.objects.filter(resigned_at__isnull=False)
    found = gone.filter(still | Q(wecom_user_id__in=befriended)).order_by("-resigned_at")
    return [left_behind(user) for user in found[:MOST_LEAVERS]]
