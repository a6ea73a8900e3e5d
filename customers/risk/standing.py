"""Signals from where a customer stands: gone, blocked, no longer a friend, silent."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from customers.models import (
    Customer,
    CustomerStatus,
    Follower,
    FollowerStatus,
    HandoverItem,
    HandoverState,
)
from customers.risk.rules import RiskRules
from customers.risk.signals import Reason

LOST = "lost"
LABELS = {
    LOST: "已流失",
    "blocked": "已拉黑",
    "silent": "长期沉默",
    "removed_by_customer": "客户删除成员",
    "removed_by_staff": "成员删除客户",
}
# For one, two and three times the days of silence that are allowed.
SILENT_POINTS = (20, 30, 40)
LOST_POINTS = 70
BLOCKED_POINTS = 40
# Whoever has no other friend here can no longer be reached in WeCom.
LAST_FRIEND_POINTS = 70
ONE_OF_SEVERAL_POINTS = 35


def standing(
    customer_ids: Sequence[int], rules: RiskRules, now: datetime
) -> Iterable[tuple[int, Reason]]:
    """Lost, blocked, or silent for longer than the setting allows."""
    customers = Customer.objects.filter(pk__in=customer_ids).only(
        "status", "lost_at", "updated_at", "blocked_at", "last_active_at", "add_time"
    )
    for customer in customers:
        if customer.status == CustomerStatus.LOST:
            at = customer.lost_at or customer.updated_at
            yield customer.pk, Reason(LOST, LOST_POINTS, f"{day(at)} 被标记为已流失", at)
        elif customer.blocked_at:
            at = customer.blocked_at
            yield customer.pk, Reason("blocked", BLOCKED_POINTS, f"{day(at)} 被拉黑", at)
        elif silence := _silence(customer, rules, now):
            yield customer.pk, silence


def _silence(customer: Customer, rules: RiskRules, now: datetime) -> Reason | None:
    since = customer.last_active_at or customer.add_time
    days = (now - since).days
    times = days // rules.silent_days
    if times < 1:
        return None
    last = "上次互动" if customer.last_active_at else "从未互动，添加于"
    evidence = f"已 {days} 天没有互动（{last} {day(since)}，设定 {rules.silent_days} 天）"
    return Reason("silent", SILENT_POINTS[min(times, 3) - 1], evidence, since)


def relations(
    customer_ids: Sequence[int], rules: RiskRules, now: datetime
) -> Iterable[tuple[int, Reason]]:
    """Who deleted whom; what our own hand-over brought about is left out."""
    friends = Follower.objects.filter(customer=OuterRef("customer"), status=FollowerStatus.ACTIVE)
    own_transfer = HandoverItem.objects.filter(
        customer=OuterRef("customer"),
        handover__from_user=OuterRef("user"),
        submitted_at__lte=OuterRef("removed_at"),
        state__in=[HandoverState.WAITING, HandoverState.DONE],
    )
    gone = (
        Follower.objects.filter(
            customer_id__in=customer_ids,
            status__in=[FollowerStatus.REMOVED_BY_CUSTOMER, FollowerStatus.REMOVED_BY_STAFF],
            removed_at__gte=rules.recent_since(now),
        )
        .exclude(Exists(own_transfer), status=FollowerStatus.REMOVED_BY_STAFF)
        .annotate(has_friend=Exists(friends), member=F("user__name"))
        .order_by("-removed_at", "-id")
    )
    seen: set[tuple[int, str]] = set()
    for row in gone:
        if row.removed_at is None or (row.customer_id, row.status) in seen:
            continue
        # The latest of each kind tells: a customer is not lost twice.
        seen.add((row.customer_id, row.status))
        yield row.customer_id, _removal(row, row.removed_at, row.member, has_friend=row.has_friend)


def _removal(row: Follower, at: datetime, name: str | None, *, has_friend: bool) -> Reason:
    member = name or row.wecom_user_id
    by_customer = row.status == FollowerStatus.REMOVED_BY_CUSTOMER
    what = f"客户删除了成员 {member}" if by_customer else f"成员 {member} 删除了客户"
    left = "仍是其他成员的好友" if has_friend else "已不是任何成员的好友"
    return Reason(
        "removed_by_customer" if by_customer else "removed_by_staff",
        ONE_OF_SEVERAL_POINTS if has_friend else LAST_FRIEND_POINTS,
        f"{day(at)} {what}，{left}",
        at,
    )


def day(at: datetime) -> str:
    """A date as people here read it."""
    return f"{timezone.localtime(at):%Y-%m-%d}"
