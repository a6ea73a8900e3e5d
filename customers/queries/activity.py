"""How recently, how often and for how much: RFM of one customer (contract.md §3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils import timezone

from customers.models import Customer, CustomerActivity, Project

# The lowest figure of levels 5, 4, 3, 2; days count the other way round.
RECENCY_DAYS = (7, 30, 60, 90)
FREQUENCY_90 = (20, 10, 5, 1)
VALUE_YUAN = (Decimal(100_000), Decimal(50_000), Decimal(10_000), Decimal("0.01"))
STRONG = 4
GROUPS = {
    (True, True, True): "重要价值客户",
    (True, False, True): "重要发展客户",
    (False, True, True): "重要保持客户",
    (False, False, True): "重要挽留客户",
    (True, True, False): "一般价值客户",
    (True, False, False): "一般发展客户",
    (False, True, False): "一般保持客户",
    (False, False, False): "一般挽留客户",
}


@dataclass(frozen=True)
class Activity:
    """`recency_days` is None for one who has never acted; levels run from 1 to 5, the best."""

    last_active_at: datetime | None
    recency_days: int | None
    frequency_30: int
    frequency_90: int
    value: Decimal
    recency_level: int
    frequency_level: int
    value_level: int
    group: str


def customer_activity(customer: Customer) -> Activity:
    """With two queries; `value` is what the projects that were won amount to, in yuan."""
    now = timezone.now()
    today = timezone.localdate(now)
    acts = CustomerActivity.objects.filter(
        customer=customer, date__gt=today - timedelta(days=90), date__lte=today
    ).aggregate(
        in_30=Sum("count", filter=Q(date__gt=today - timedelta(days=30))), in_90=Sum("count")
    )
    won = Project.objects.filter(customer=customer, won_at__isnull=False)
    value: Decimal = won.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    last = customer.last_active_at
    days = None if last is None else max((now - last).days, 0)
    frequency = acts["in_90"] or 0
    recency_level = 1 if days is None else 5 - sum(days > limit for limit in RECENCY_DAYS)
    frequency_level = 5 - sum(frequency < limit for limit in FREQUENCY_90)
    value_level = 5 - sum(value < limit for limit in VALUE_YUAN)
    levels = (recency_level, frequency_level, value_level)
    strong = tuple(level >= STRONG for level in levels)
    return Activity(
        last_active_at=last,
        recency_days=days,
        frequency_30=acts["in_30"] or 0,
        frequency_90=frequency,
        value=value,
        recency_level=recency_level,
        frequency_level=frequency_level,
        value_level=value_level,
        group=GROUPS[strong[0], strong[1], strong[2]],
    )
