"""Messages: today, the day before, the week, and which channels are slow just now.

Nothing is counted here: the figures are those of `messaging.statistics`, as its API tells them.
"""

import datetime as dt
from typing import Any, TypedDict

from django.utils import timezone

from messaging.statistics import counters
from messaging.statistics.figures import Figures, Slot
from messaging.statistics.overview import days_before, last_days, overview_of, todays
from monitoring.board.kept import Kept

WEEK = 7
RECENT_MINUTES = 5
PAST_KEPT_SECONDS = 15


class Days(TypedDict):
    """Each is what `GET /api/messages/statistics/overview` says of these days."""

    today: dict[str, Any]
    yesterday: dict[str, Any]
    week: dict[str, Any]


class RecentChannel(TypedDict):
    """What ended on a channel within the last `RECENT_MINUTES`; times in milliseconds."""

    channel: str
    sent: int
    failed: int
    avg_response_ms: float
    p95_response_ms: float


def _past() -> tuple[dt.date, dict[dt.date, dict[Slot, Figures]]]:
    today = timezone.localdate()
    return today, days_before(today, WEEK - 1)


past = Kept(_past, PAST_KEPT_SECONDS)


def days() -> Days:
    """Days that are over change by late receipts alone, so they are read seldom; today each time."""
    today = timezone.localdate()
    known_on, before = past()
    if known_on != today:
        past.forget()
        _, before = past()
    by_day = {**before, today: todays()}
    week = last_days(today, WEEK)
    return Days(
        today=overview_of(by_day, week[-1:]),
        yesterday=overview_of(by_day, week[-2:-1]),
        week=overview_of(by_day, week),
    )


def recent_channels() -> list[RecentChannel]:
    """The slowest first; channels on which nothing ended are not there."""
    found = [
        RecentChannel(
            channel=channel,
            sent=figures.arrived,
            failed=figures.failed,
            avg_response_ms=figures.avg_response_ms,
            p95_response_ms=figures.p95_response_ms,
        )
        for channel, figures in counters.last_minutes(RECENT_MINUTES).items()
    ]
    return sorted(found, key=lambda one: (-one["p95_response_ms"], one["channel"]))
