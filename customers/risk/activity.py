"""Signals from how often a customer acts: quieter than before, out of their own rhythm."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import TypedDict

from django.db.models import Count, Max, Min, Q, Sum
from django.utils import timezone

from customers.models import Customer, CustomerActivity, CustomerStatus
from customers.risk.rules import RiskRules
from customers.risk.signals import Reason

LABELS = {"off_rhythm": "偏离自身节奏", "falling": "活跃下降"}
WINDOW_DAYS = 180
SPAN_DAYS = 30
# Fewer active days show no rhythm; a week of quiet alarms nobody.
RHYTHM_DAYS, RHYTHM_TIMES, QUIET_DAYS, RHYTHM_POINTS = 4, 3, 7, 25
# Below this many acts a fall is chance.
FALL_FROM, FALL_PERCENT, FALL_POINTS = 6, 50, 15
STEEP_PERCENT, STEEP_POINTS = 80, 25


class _Row(TypedDict):
    customer_id: int
    days: int
    first: date
    last: date
    recent: int | None
    before: int | None


def activity(
    customer_ids: Sequence[int], rules: RiskRules, now: datetime
) -> Iterable[tuple[int, Reason]]:
    """From the days of activity; customers that are gone or blocked are told of elsewhere."""
    today = timezone.localdate(now)
    recent_from, before_from = (
        today - timedelta(SPAN_DAYS - 1),
        today - timedelta(2 * SPAN_DAYS - 1),
    )
    present = Customer.objects.filter(
        pk__in=customer_ids, status=CustomerStatus.NORMAL, blocked_at__isnull=True
    )
    rows = (
        CustomerActivity.objects.filter(
            customer__in=present, date__gte=today - timedelta(WINDOW_DAYS), date__lte=today
        )
        .values("customer_id")
        .annotate(
            days=Count("id"),
            first=Min("date"),
            last=Max("date"),
            recent=Sum("count", filter=Q(date__gte=recent_from)),
            before=Sum("count", filter=Q(date__gte=before_from, date__lt=recent_from)),
        )
        .order_by()
    )
    row: _Row
    for row in rows:
        for reason in _rhythm(row, today):
            yield row["customer_id"], reason
        for reason in _fall(row, now):
            yield row["customer_id"], reason


def _rhythm(row: _Row, today: date) -> Iterator[Reason]:
    if row["days"] < RHYTHM_DAYS:
        return
    gap = (row["last"] - row["first"]).days / (row["days"] - 1)
    quiet = (today - row["last"]).days
    if quiet >= max(QUIET_DAYS, RHYTHM_TIMES * gap):
        evidence = (
            f"平均每 {gap:.1f} 天互动一次，现已 {quiet} 天没有互动（上次 {row['last']:%Y-%m-%d}）"
        )
        at = timezone.make_aware(datetime.combine(row["last"], time.min))
        yield Reason("off_rhythm", RHYTHM_POINTS, evidence, at)


def _fall(row: _Row, now: datetime) -> Iterator[Reason]:
    recent, before = row["recent"] or 0, row["before"] or 0
    if before < FALL_FROM:
        return
    percent = round(100 * (before - recent) / before)
    if percent >= FALL_PERCENT:
        evidence = (
            f"近 {SPAN_DAYS} 天互动 {recent} 次，之前 {SPAN_DAYS} 天 {before} 次，下降 {percent}%"
            f"（截至 {timezone.localtime(now):%Y-%m-%d}）"
        )
        points = STEEP_POINTS if percent >= STEEP_PERCENT else FALL_POINTS
        yield Reason("falling", points, evidence, now)
