"""Who is at risk and why, and how often past warnings were right."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from customers.actors import Actor
from customers.models import (
    Customer,
    CustomerEvent,
    CustomerEventKind,
    CustomerStatus,
    Follower,
    FollowerStatus,
    RiskLevel,
    RiskWarning,
    WarningOutcome,
)
from customers.risk.outcomes import came_late
from customers.risk.rules import risk_rules
from customers.risk.signals import Assessment, assess, label_of
from customers.visibility import customers_visible_to

KINDS = {
    "churn": "流失",
    "deleted_by_customer": "客户删除成员",
    "deleted_by_staff": "成员删除客户",
    "blocked": "已拉黑",
    "silent": "沉默",
}


@dataclass(frozen=True)
class AtRisk:
    """A customer with what a list says about the risk."""

    customer: Customer
    assessment: Assessment
    warning: RiskWarning | None


def customers_at_risk(
    actor: Actor,
    *,
    kind: str = "",
    level: str = "",
    owner_id: int | None = None,
    days: int | None = None,
) -> QuerySet[Customer]:
    """The riskiest first. `days` is how long silent, or how far back a deletion or block counts."""
    customers = customers_visible_to(actor).select_related("follow_user")
    customers = customers.filter(_of_kind(kind, days, timezone.now()))
    if level:
        customers = customers.filter(risk_level=level)
    if owner_id is not None:
        customers = customers.filter(follow_user_id=owner_id)
    return customers.order_by("-risk_score", "-id")


def with_reasons(customers: Sequence[Customer]) -> list[AtRisk]:
    """The present reasons and open warnings of a page of customers, each asked once for all."""
    ids = [customer.pk for customer in customers]
    found = assess(ids, risk_rules(), timezone.now())
    warnings = RiskWarning.objects.filter(customer_id__in=ids, outcome=WarningOutcome.OPEN)
    open_ones = {warning.customer_id: warning for warning in warnings}
    return [AtRisk(each, found[each.pk], open_ones.get(each.pk)) for each in customers]


def _of_kind(kind: str, days: int | None, now: datetime) -> Q:
    since = None if days is None else now - timedelta(days=days)
    if kind == "churn":
        alarming = [level for level in RiskLevel if risk_rules().is_alarming(level)]
        rule = Q(status=CustomerStatus.LOST) & (Q(lost_at__gte=since) if since else Q())
        return rule | Q(risk_level__in=alarming)
    if kind == "deleted_by_customer":
        return _removed(FollowerStatus.REMOVED_BY_CUSTOMER, since)
    if kind == "deleted_by_staff":
        return _removed(FollowerStatus.REMOVED_BY_STAFF, since)
    if kind == "blocked":
        return Q(blocked_at__gte=since) if since else Q(blocked_at__isnull=False)
    if kind == "silent":
        before = now - timedelta(days=risk_rules().silent_days if days is None else days)
        never = Q(last_active_at__isnull=True, add_time__lt=before)
        return Q(status=CustomerStatus.NORMAL) & (Q(last_active_at__lt=before) | never)
    rule = Q(risk_score__gt=0)
    return rule if since is None else rule & _changed_since(since)


def _removed(status: FollowerStatus, since: datetime | None) -> Q:
    removed = Follower.objects.filter(status=status)
    if since is not None:
        removed = removed.filter(removed_at__gte=since)
    return Q(pk__in=removed.values("customer_id"))


def _changed_since(since: datetime) -> Q:
    """Warned of since then."""
    return Q(pk__in=RiskWarning.objects.filter(raised_at__gte=since).values("customer_id"))


@dataclass
class Rate:
    """How warnings ended. `hit_rate` leaves out the saved ones: nobody knows how they would have."""

    open: int = 0
    hit: int = 0
    saved: int = 0
    missed: int = 0

    @property
    def total(self) -> int:
        return self.open + self.hit + self.saved + self.missed

    @property
    def hit_rate(self) -> float | None:
        known = self.hit + self.missed
        return round(self.hit / known, 4) if known else None

    @property
    def hit_percent(self) -> str:
        return "" if self.hit_rate is None else f"{100 * self.hit_rate:.1f}"


@dataclass(frozen=True)
class Accuracy:
    """`late` warnings came after the loss; `unwarned` losses had no warning before them."""

    days: int
    overall: Rate
    by_level: dict[str, Rate]
    by_signal: dict[str, Rate]
    late: int
    losses: int
    unwarned: int


def warning_accuracy(days: int) -> Accuracy:
    """Of warnings raised, and customers lost, in the last `days` days."""
    since = timezone.now() - timedelta(days=days)
    warnings = RiskWarning.objects.filter(raised_at__gte=since).only("level", "outcome", "reasons")
    overall: Counter[str] = Counter()
    by_level: defaultdict[str, Counter[str]] = defaultdict(Counter)
    by_signal: defaultdict[str, Counter[str]] = defaultdict(Counter)
    late = 0
    for warning in warnings.iterator(chunk_size=2000):
        if came_late(warning):
            late += 1
            continue
        overall[warning.outcome] += 1
        by_level[warning.level][warning.outcome] += 1
        for code in {reason["code"] for reason in warning.reasons}:
            by_signal[code][warning.outcome] += 1
    losses, unwarned = _losses(since)
    return Accuracy(
        days=days,
        overall=_rate(overall),
        by_level={level: _rate(by_level[level]) for level in _levels(by_level)},
        by_signal={code: _rate(by_signal[code]) for code in sorted(by_signal)},
        late=late,
        losses=losses,
        unwarned=unwarned,
    )


def signal_labels(codes: Iterable[str]) -> dict[str, str]:
    return {code: label_of(code) for code in codes}


def _levels(found: dict[str, Any]) -> list[str]:
    return [level for level in (RiskLevel.HIGH, RiskLevel.MEDIUM, RiskLevel.LOW) if level in found]


def _rate(counts: Counter[str]) -> Rate:
    return Rate(counts["open"], counts["hit"], counts["saved"], counts["missed"])


def _losses(since: datetime) -> tuple[int, int]:
    warned = RiskWarning.objects.filter(
        customer=OuterRef("customer"), raised_at__lte=OuterRef("created_at")
    )
    lost = CustomerEvent.objects.filter(kind=CustomerEventKind.LOST, created_at__gte=since)
    return lost.count(), lost.exclude(Exists(warned)).count()
