"""`GET /api/messages/statistics/overview` (contract.md §2)."""

import datetime as dt
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone

from messaging.models import ChannelType
from messaging.statistics import counters, rows
from messaging.statistics.figures import Figures, Slot

# Counting today's rows takes a while at a million of them; many viewers share one count.
KEPT_SECONDS = 2.0

_lock = threading.Lock()
_today: tuple[float, dict[Slot, Figures]] | None = None


def overview(days: int) -> dict[str, Any]:
    """The last `days` local days, today included; a day with nothing is there with zeros."""
    today = timezone.localdate()
    return overview_of({**days_before(today, days - 1), today: todays()}, last_days(today, days))


def last_days(today: dt.date, days: int) -> list[dt.date]:
    return [today - dt.timedelta(days=back) for back in reversed(range(days))]


def days_before(today: dt.date, days: int) -> dict[dt.date, dict[Slot, Figures]]:
    """The figures of so many days before `today`."""
    return rows.kept_days(today - dt.timedelta(days=days), today - dt.timedelta(days=1))


def overview_of(
    by_day: Mapping[dt.date, Mapping[Slot, Figures]], days: Sequence[dt.date]
) -> dict[str, Any]:
    """What is told of `days`, by the figures of at least these."""
    whole = Figures()
    channels: dict[str, Figures] = {name: Figures() for name in ChannelType.values}
    trend: dict[dt.date, Figures] = {day: Figures() for day in days}
    for day in days:
        for slot, figures in by_day.get(day, {}).items():
            whole.add(figures)
            channels[slot.channel].add(figures)
            trend[day].add(figures)
    return {
        "total": whole.total,
        "sent": whole.arrived,
        "delivered": whole.delivered,
        "failed": whole.failed,
        "success_rate": whole.success_rate,
        "avg_response_ms": whole.avg_response_ms,
        "p95_response_ms": whole.p95_response_ms,
        "by_channel": [
            {
                "channel": name,
                "total": figures.total,
                "sent": figures.arrived,
                "failed": figures.failed,
                "success_rate": figures.success_rate,
            }
            for name, figures in channels.items()
        ],
        "trend": [
            {
                "date": day,
                "total": figures.total,
                "sent": figures.arrived,
                "failed": figures.failed,
            }
            for day, figures in trend.items()
        ],
    }


def forget() -> None:
    global _today
    with _lock:
        _today = None


def todays() -> dict[Slot, Figures]:
    """Counters are quick; rows are counted once for all who look within two seconds."""
    global _today
    if settings.REDIS_URL:
        return counters.today()
    with _lock:
        now = time.monotonic()
        if _today is None or now - _today[0] >= KEPT_SECONDS:
            _today = (now, counters.today())
        return _today[1]
