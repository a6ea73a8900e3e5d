"""What would become of each customer of a case, from how things stand now; nothing is changed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from customers.actions.handover import movers
from customers.actions.handover.people import Candidate, next_candidate
from customers.models import (
    Customer,
    CustomerStatus,
    Follower,
    FollowerStatus,
    Handover,
    HandoverItem,
    HandoverReason,
    HandoverState,
    HandoverStatus,
    User,
)

LIMIT_DAYS = 90
LIMIT_MOVES = 2
OPEN_STATES = (HandoverState.PENDING, HandoverState.WAITING)
OPEN_CASES = (HandoverStatus.RUNNING, HandoverStatus.WAITING)


@dataclass
class Judgement:
    """`state` PENDING: to be moved to `candidate`, on the platform or only here."""

    state: HandoverState
    code: str = ""
    detail: str = ""
    candidate: Candidate | None = None
    on_platform: bool = False
    is_friend: bool = False
    is_owner: bool = False


def judged(
    handover: Handover, customer_ids: Collection[int], candidates: Sequence[Candidate]
) -> dict[int, Judgement]:
    """By customer; a fixed number of queries however many they are."""
    from_user = handover.from_user
    customers = Customer.objects.exclude(status=CustomerStatus.DELETED).in_bulk(customer_ids)
    related = platform_customers(from_user, customer_ids)
    working = _with_open_work(from_user, customer_ids)
    busy = _busy(handover, customer_ids)
    often = _moved_often(customer_ids) if handover.reason == HandoverReason.ON_JOB else frozenset()
    friends = _friends_of(candidates, customer_ids)
    judgements: dict[int, Judgement] = {}
    for pk in customer_ids:
        customer = customers.get(pk)
        on_platform = pk in related
        if customer is None:
            found = Judgement(HandoverState.SKIPPED, "not_found", "客户已删除")
        elif customer.follow_user_id != from_user.pk and not on_platform and pk not in working:
            found = Judgement(HandoverState.SKIPPED, "from_user_mismatch", "不是移交人的客户")
        elif pk in busy:
            found = Judgement(HandoverState.SKIPPED, "in_handover", "正在另一次移交中")
        elif on_platform and pk in often:
            found = Judgement(
                HandoverState.LIMIT,
                "moved_too_often",
                f"{LIMIT_DAYS} 天内已转移 {LIMIT_MOVES} 次，平台不再接受",
            )
        else:
            found = _for_whom(candidates, on_platform=on_platform)
        found.on_platform = on_platform
        found.is_owner = customer is not None and customer.follow_user_id == from_user.pk
        if found.candidate is not None:
            found.is_friend = pk in friends.get(found.candidate.user.wecom_user_id or "", ())
        judgements[pk] = found
    return judgements


def _for_whom(candidates: Sequence[Candidate], *, on_platform: bool) -> Judgement:
    candidate = next_candidate(candidates, first_place=0, on_platform=on_platform)
    if candidate is not None:
        return Judgement(HandoverState.PENDING, candidate=candidate)
    if on_platform and next_candidate(candidates, first_place=0, on_platform=False):
        return Judgement(HandoverState.FAILED, "no_wecom_id", "接替人没有企业微信账号")
    return Judgement(HandoverState.FAILED, "no_candidate", "没有可以接替的员工")


def platform_customers(from_user: User, customer_ids: Collection[int]) -> frozenset[int]:
    """Those who are friends of `from_user` in WeCom: only the platform can hand them over."""
    if not from_user.wecom_user_id:
        return frozenset()
    return frozenset(
        Follower.objects.filter(
            customer_id__in=customer_ids,
            customer__external_userid__isnull=False,
            wecom_user_id=from_user.wecom_user_id,
            status=FollowerStatus.ACTIVE,
        ).values_list("customer_id", flat=True)
    )


def _with_open_work(from_user: User, customer_ids: Collection[int]) -> set[int]:
    """Those of whom `from_user` has something open."""
    return {pk for found in movers.counts(customer_ids, from_user).values() for pk in found}


def _busy(handover: Handover, customer_ids: Collection[int]) -> frozenset[int]:
    return frozenset(
        HandoverItem.objects.filter(
            customer_id__in=customer_ids,
            state__in=OPEN_STATES,
            handover__status__in=OPEN_CASES,
            handover__from_user=handover.from_user,
        )
        .exclude(handover_id=handover.pk)
        .values_list("customer_id", flat=True)
    )


def _moved_often(customer_ids: Collection[int]) -> frozenset[int]:
    """Moved as often as the platform allows, by our own ledger ([W 96325]: on the job only)."""
    since = timezone.now() - timedelta(days=LIMIT_DAYS)
    moved = HandoverItem.objects.filter(
        customer_id__in=customer_ids,
        state=HandoverState.DONE,
        submitted_at__isnull=False,
        finished_at__gte=since,
        handover__reason=HandoverReason.ON_JOB,
    )
    return frozenset(
        moved.values("customer_id")
        .annotate(moves=Count("pk"))
        .filter(moves__gte=LIMIT_MOVES)
        .values_list("customer_id", flat=True)
    )


def _friends_of(
    candidates: Sequence[Candidate], customer_ids: Collection[int]
) -> dict[str, set[int]]:
    """By a candidate's WeCom user id, the customers who are friends of theirs already."""
    ids = [c.user.wecom_user_id for c in candidates if c.user.wecom_user_id]
    friends: dict[str, set[int]] = {}
    rows = Follower.objects.filter(
        customer_id__in=customer_ids, wecom_user_id__in=ids, status=FollowerStatus.ACTIVE
    )
    for wecom_user_id, customer_id in rows.values_list("wecom_user_id", "customer_id"):
        friends.setdefault(wecom_user_id, set()).add(customer_id)
    return friends
