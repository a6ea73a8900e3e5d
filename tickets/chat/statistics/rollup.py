"""Whole hours kept as rows. Until which hour says the last row; what comes after is counted live.

An hour is counted again when something happened to a chat of it since: an end, a rating, a
reopening, however late.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Max, Min
from django.db.models.functions import TruncHour
from django.utils import timezone

from config.database.locks import transaction_lock
from tickets.chat.statistics import scale
from tickets.chat.statistics.counting import Counted, Grain, count_span
from tickets.chat.statistics.figures import Figures
from tickets.models import Chat, ChatEvent, ChatHourStatistic

HOUR = dt.timedelta(hours=1)
# An hour's last rows may still be on their way when it ends.
SETTLING = dt.timedelta(minutes=2)
# So far at once after a long silence, or when it first runs over what was there before.
MOST_HOURS = 24 * 14
# An event's time is before its commit.
OVERLAP = dt.timedelta(minutes=5)
LOCK = "chat.statistics"


def hour_of(moment: dt.datetime) -> dt.datetime:
    return timezone.localtime(moment).replace(minute=0, second=0, microsecond=0)


def kept_until() -> dt.datetime | None:
    """The first moment that is not kept; None before anything is."""
    last = ChatHourStatistic.objects.filter(entry="", agent=None).aggregate(last=Max("hour"))
    return last["last"] + HOUR if last["last"] else None


def hours_keep(now: dt.datetime | None = None) -> int:
    """Keeps every hour that is over, and counts again what changed; returns how many hours."""
    now = now or timezone.now()
    end = hour_of(now - SETTLING)
    start = kept_until() or _first_hour()
    changed = _changed_hours()
    done = 0
    if start is not None and start < end:
        done = hours_count(start, min(end, start + MOST_HOURS * HOUR))
    for hour in changed:
        done += hours_count(hour, hour + HOUR)
    return done


@transaction.atomic
def hours_count(start: dt.datetime, end: dt.datetime) -> int:
    """Counts the whole hours from `start` until before `end` anew; returns how many."""
    transaction_lock(LOCK)
    counted = count_span(start, end)
    hours = int((end - start) / HOUR)
    for place in range(hours):
        counted.setdefault(Grain(timezone.localtime(start + place * HOUR)), Figures())
    ChatHourStatistic.objects.filter(hour__gte=start, hour__lt=end).delete()
    ChatHourStatistic.objects.bulk_create(_rows(counted), batch_size=500)
    return hours


def _rows(counted: Counted) -> list[ChatHourStatistic]:
    return [
        ChatHourStatistic(
            hour=grain.hour,
            entry=grain.entry,
            agent_id=grain.agent,
            **figures.numbers(),
            spreads={name: scale.kept(steps) for name, steps in figures.steps.items()},
        )
        for grain, figures in counted.items()
    ]


def _first_hour() -> dt.datetime | None:
    first = Chat.objects.aggregate(first=Min("created_at"))["first"]
    return hour_of(first) if first else None


def _changed_hours() -> list[dt.datetime]:
    """Kept hours with a chat that something happened to since the last count."""
    whole = ChatHourStatistic.objects.filter(entry="", agent=None)
    last = whole.aggregate(at=Max("counted_at"), hour=Max("hour"))
    if last["at"] is None:
        return []
    events = ChatEvent.objects.filter(created_at__gte=last["at"] - OVERLAP).order_by()
    hours = events.annotate(hour=TruncHour("chat__created_at")).values_list("hour", flat=True)
    return sorted(hour for hour in hours.distinct() if hour <= last["hour"])
