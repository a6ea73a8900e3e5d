"""Customers counted by day (seed 003, 数据统计): kept days from their rows, the others from events."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from customers.actors import Actor
from customers.models import (
    Customer,
    CustomerActivity,
    CustomerChannel,
    CustomerEvent,
    CustomerEventKind,
    CustomerStatus,
    DailyCustomerStatistic,
    User,
)
from customers.visibility import customers_visible_to

OWNERS = 100


@dataclass(frozen=True)
class Day:
    """`total` at the end of the day; the others of the day itself."""

    date: date
    total: int
    new: int
    lost: int
    deleted: int
    active: int


def customer_statistics(actor: Actor, days: int) -> dict[str, Any]:
    """The last `days` days, today among them, in the actor's view.

    Administrators' past days come from the kept rows where there are some; what staff see of
    others changes with every assignment, so theirs is counted now.
    """
    today = timezone.localdate()
    first = today - timedelta(days=days - 1)
    customers = customers_visible_to(actor)
    kept: Iterable[DailyCustomerStatistic] = ()
    if actor.sees_all:
        kept = DailyCustomerStatistic.objects.filter(date__gte=first, date__lt=today)
    groups = _counted_now(customers)
    series = days_counted(
        customers,
        first,
        today,
        is_everybody=actor.sees_all,
        kept=kept,
        total=sum(groups.values()),
    )
    active = _within(CustomerActivity.objects.filter(date__gte=first), customers, actor.sees_all)
    return {
        "days": days,
        "total": series[-1].total,
        "new": sum(day.new for day in series),
        "lost": sum(day.lost for day in series),
        "deleted": sum(day.deleted for day in series),
        "active_customers": active.aggregate(found=Count("customer", distinct=True))["found"],
        "growth": [
            {"date": day.date, "new": day.new, "lost": day.lost, "total": day.total}
            for day in series
        ],
        "active": [{"date": day.date, "count": day.active} for day in series],
        "by_channel": _by_channel(groups),
        "by_owner": _by_owner(groups),
    }


def days_counted(
    customers: QuerySet[Customer],
    first: date,
    last: date,
    *,
    is_everybody: bool,
    kept: Iterable[DailyCustomerStatistic] = (),
    total: int | None = None,
) -> list[Day]:
    """Each day from `first` to `last`, oldest first; those with a kept row as it says.

    `total` is how many there are now, where the caller has counted them. Totals are counted back
    from now: a day ended with those of its next day, less the new ones, and with those deleted
    since.
    """
    rows = {row.date: row for row in kept}
    today = timezone.localdate()
    dates = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    counted = _Counted(customers, min(day for day in dates if day not in rows), is_everybody)
    if total is None:
        total = customers.count()
    found: list[Day] = []
    for day in reversed(dates):
        row = rows.get(day)
        if row is not None:
            found.append(Day(day, row.total, row.new, row.lost, row.deleted, row.active))
            total = row.total - row.new + row.deleted
            continue
        found.append(counted.on(day, total))
        total = max(total - counted.new[day] + counted.deleted[day] - counted.restored[day], 0)
    return [day for day in reversed(found) if day.date <= last]


class _Counted:
    """What happened since a day, by day; five queries however many days."""

    def __init__(self, customers: QuerySet[Customer], since: date, is_everybody: bool) -> None:
        start = _midnight(since)
        kinds = CustomerEventKind
        every = Customer.objects.all() if is_everybody else customers
        self.new = _by_day(every.filter(created_at__gte=start), Count("pk"))
        events = _within(CustomerEvent.objects.filter(created_at__gte=start), every, is_everybody)
        self.lost, self.deleted, self.restored = (
            _by_day(events.filter(kind=kind), Count("customer", distinct=True))
            for kind in (kinds.LOST, kinds.DELETED, kinds.RESTORED)
        )
        activity = _within(CustomerActivity.objects.filter(date__gte=since), every, is_everybody)
        self.active = Counter(
            dict(
                activity.order_by().values("date").annotate(n=Count("pk")).values_list("date", "n")
            )
        )

    def on(self, day: date, total: int) -> Day:
        return Day(day, total, self.new[day], self.lost[day], self.deleted[day], self.active[day])


def _by_day(rows: QuerySet[Any], counted: Count) -> Counter[date]:
    by_day = rows.order_by().annotate(day=TruncDate("created_at")).values("day")
    return Counter(dict(by_day.annotate(n=counted).values_list("day", "n")))


def _within(rows: QuerySet[Any], customers: QuerySet[Customer], is_everybody: bool) -> Any:
    return rows if is_everybody else rows.filter(customer__in=customers.values("pk"))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _counted_now(customers: QuerySet[Customer]) -> Counter[tuple[str, int | None]]:
    """How many there are by channel and owner: one reading of the table for all three figures."""
    found = customers.order_by().values("channel", "follow_user").annotate(n=Count("pk"))
    return Counter(
        {(row["channel"], row["follow_user"]): row["n"] for row in found.iterator(chunk_size=2000)}
    )


def _by_channel(groups: Counter[tuple[str, int | None]]) -> list[dict[str, Any]]:
    counts: Counter[str] = Counter()
    for (channel, _), number in groups.items():
        counts[channel] += number
    return [{"channel": value, "count": counts[value]} for value in CustomerChannel.values]


def _by_owner(groups: Counter[tuple[str, int | None]]) -> list[dict[str, Any]]:
    """Those with most customers first; those whom nobody follows up under null."""
    by_owner: Counter[int | None] = Counter()
    for (_, owner), number in groups.items():
        by_owner[owner] += number
    counts = sorted(by_owner.items(), key=lambda item: (-item[1], item[0] or 0))[:OWNERS]
    users = User.objects.in_bulk([pk for pk, _ in counts if pk])
    return [
        {
            "follow_user_id": pk,
            "follow_user": users[pk].display_name if pk in users else None,
            "count": count,
        }
        for pk, count in counts
    ]


def everybody() -> QuerySet[Customer]:
    """All customers that are not deleted, whoever asks."""
    return Customer.objects.exclude(status=CustomerStatus.DELETED)
