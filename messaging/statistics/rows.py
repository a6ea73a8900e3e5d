"""Figures counted from the messages themselves: the truth that counters are checked against."""

import datetime as dt
from collections import defaultdict

from django.db import transaction
from django.db.models import Count, F, FloatField, Sum
from django.db.models.functions import Cast, Floor, Ln
from django.utils import timezone

from config.database.locks import transaction_lock
from messaging.models import DailyStatistic, Message
from messaging.statistics.figures import _STEPS, COUNTS, Figures, Slot, counts_of


def day_bounds(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Local midnight to local midnight."""
    start = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
    return start, start + dt.timedelta(days=1)


def count_day(day: dt.date) -> dict[Slot, Figures]:
    """The figures of the messages created on `day`, by channel and template."""
    start, end = day_bounds(day)
    rows = Message.objects.filter(created_at__gte=start, created_at__lt=end).order_by()
    found: dict[Slot, Figures] = defaultdict(Figures)
    for channel, template_id, status, count, spent in rows.values_list(
        "channel", "template_id", "status"
    ).annotate(count=Count("pk"), spent=Sum("duration_ms")):
        figures = found[Slot(channel, template_id or 0)]
        figures.total += count
        figures.duration_sum_ms += spent or 0
        for name in counts_of(status):
            setattr(figures, name, getattr(figures, name) + count)
    bucket = Floor(Ln(Cast(F("duration_ms"), FloatField()) + 1.0) * float(_STEPS))
    for channel, template_id, place, count in (
        rows.filter(duration_ms__isnull=False)
        .annotate(bucket=bucket)
        .values_list("channel", "template_id", "bucket")
        .annotate(count=Count("pk"))
    ):
        found[Slot(channel, template_id or 0)].durations[int(place)] += count
    return dict(found)


@transaction.atomic
def roll_up(day: dt.date) -> dict[Slot, Figures]:
    """Writes the daily rows of `day` anew; run twice, or by two at once, it changes nothing."""
    transaction_lock(f"statistics.roll_up:{day}")
    found = count_day(day)
    DailyStatistic.objects.filter(date=day).delete()
    DailyStatistic.objects.bulk_create(
        DailyStatistic(
            date=day,
            channel=slot.channel,
            template_id=slot.template_id,
            duration_sum_ms=figures.duration_sum_ms,
            durations=dict(figures.durations),
            **{name: getattr(figures, name) for name in COUNTS},
        )
        for slot, figures in found.items()
    )
    return found


def kept_days(first: dt.date, last: dt.date) -> dict[dt.date, dict[Slot, Figures]]:
    """The daily rows between two dates; a day that nobody has rolled up yet is rolled up now."""
    days: dict[dt.date, dict[Slot, Figures]] = defaultdict(dict)
    for row in DailyStatistic.objects.filter(date__gte=first, date__lte=last):
        figures = Figures(**{name: getattr(row, name) for name in COUNTS})
        figures.duration_sum_ms = row.duration_sum_ms
        figures.durations.update({int(place): n for place, n in row.durations.items()})
        days[row.date][Slot(row.channel, row.template_id)] = figures
    day = first
    while day <= last:
        if day in days:
            day += dt.timedelta(days=1)
            continue
        found = _next_day(day, last)
        if found is None:
            break
        if found not in days:
            days[found] = roll_up(found)
        day = found + dt.timedelta(days=1)
    return days


def _next_day(day: dt.date, last: dt.date) -> dt.date | None:
    """The first from `day` on that has messages: a silent year is one question, not one a day."""
    span = {"created_at__gte": day_bounds(day)[0], "created_at__lt": day_bounds(last)[1]}
    moments = Message.objects.filter(**span).order_by("created_at", "id")
    first = moments.values_list("created_at", flat=True).first()
    return timezone.localdate(first) if first else None
