"""`GET /api/messages/statistics/overview` (contract.md §2)."""

import datetime as dt
import threading
import time
from collections import defaultdict
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
    first = today - dt.timedelta(days=days - 1)
    by_day = rows.kept_days(first, today - dt.timedelta(days=1))
    by_day[today] = _todays()
    whole = Figures()
    channels: dict[str, Figures] = {name: Figures() for name in ChannelType.values}
    trend: dict[dt.date, Figures] = defaultdict(Figures)
    for day, slots in by_day.items():
        for slot, figures in slots.items():
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
                "total": trend[day].total,
                "sent": trend[day].arrived,
                "failed": trend[day].failed,
            }
            for day in (first + dt.timedelta(days=n) for n in range(days))
        ],
    }


def forget() -> None:
    global _today
    with _lock:
        _today = None


def _todays() -> dict[Slot, Figures]:
    """Counters are quick; rows are counted once for all who look within two seconds."""
    global _today
    if settings.REDIS_URL:
        return counters.today()
    with _lock:
        now = time.monotonic()
        if _today is None or now - _today[0] >= KEPT_SECONDS:
            _today = (now, counters.today())
        return _today[1]
