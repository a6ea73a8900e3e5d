"""Customer groups with what their documents show, and their figures by day."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Prefetch, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from customers.actors import Actor
from customers.models import CustomerGroup, GroupMember, MemberKind, Tag
from customers.visibility import customers_visible_to


@dataclass(frozen=True)
class GroupDay:
    date: dt.date
    joined: int
    left: int

    @property
    def net(self) -> int:
        return self.joined - self.left


@dataclass(frozen=True)
class GroupFigures:
    """`staff` and `external` are present now; the days are all there, oldest first."""

    days: int
    members: int
    staff: int
    external: int
    joined: int
    left: int
    trend: list[GroupDay]

    @property
    def net(self) -> int:
        return self.joined - self.left


def groups_shown(groups: QuerySet[CustomerGroup]) -> QuerySet[CustomerGroup]:
    """With owner, tags and the tags' groups: one query more, however many."""
    tags = Tag.objects.select_related("group")
    return groups.select_related("owner").prefetch_related(Prefetch("tags", tags))


def members_shown(group: CustomerGroup, *, has_left: bool | None) -> QuerySet[GroupMember]:
    """Who is there, or who has been; None: both."""
    members = group.members.all()
    if has_left is not None:
        members = members.filter(left_at__isnull=not has_left)
    return members.order_by("-left_at", "-id") if has_left else members.order_by("-id")


def customers_in_view(members: Collection[GroupMember], actor: Actor) -> set[int]:
    """Which of these members' customers the actor may open."""
    ids = {member.customer_id for member in members if member.customer_id is not None}
    visible = customers_visible_to(actor).filter(pk__in=ids)
    return set(visible.values_list("pk", flat=True)) if ids else set()


def group_figures(group: CustomerGroup, *, days: int) -> GroupFigures:
    """Joins and leaves of the last `days` days, today among them."""
    last = timezone.localdate()
    first = last - dt.timedelta(days=days - 1)
    since = timezone.make_aware(dt.datetime.combine(first, dt.time()))
    joined = _by_day(group.members.filter(joined_at__gte=since), "joined_at")
    left = _by_day(group.members.filter(left_at__gte=since), "left_at")
    trend = [
        GroupDay(day, joined.get(day, 0), left.get(day, 0))
        for day in (first + dt.timedelta(days=number) for number in range(days))
    ]
    kinds = dict(
        group.members.filter(left_at=None)
        .order_by()
        .values_list("kind")
        .annotate(count=Count("pk"))
    )
    staff, external = kinds.get(MemberKind.STAFF, 0), kinds.get(MemberKind.EXTERNAL, 0)
    return GroupFigures(
        days=days,
        members=staff + external,
        staff=staff,
        external=external,
        joined=sum(day.joined for day in trend),
        left=sum(day.left for day in trend),
        trend=trend,
    )


def _by_day(members: QuerySet[GroupMember], name: str) -> dict[dt.date, int]:
    counted = members.order_by().annotate(day=TruncDate(name)).values_list("day")
    return dict(counted.annotate(count=Count("pk")))
