"""Days as bars of a small drawing; its units are its own, it is stretched to whatever width there is."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.dashboard.cards import Day

HEIGHT, STEP, BAR = 64, 20, 12


@dataclass(frozen=True)
class Bar:
    x: int
    y: int
    height: int
    failed_height: int
    day: Day

    @property
    def failed_y(self) -> int:
        return HEIGHT - self.failed_height


@dataclass(frozen=True)
class Trend:
    bars: list[Bar]
    width: int
    total: int
    failed: int
    height: int = HEIGHT
    bar_width: int = BAR


def trend_of(days: Sequence[Day]) -> Trend | None:
    """None for no days; the tallest day fills the drawing."""
    if not days:
        return None
    most = max(day.total for day in days)
    bars = [
        Bar(
            x=place * STEP + (STEP - BAR) // 2,
            y=HEIGHT - _height(day.total, most),
            height=_height(day.total, most),
            failed_height=_height(day.failed, most),
            day=day,
        )
        for place, day in enumerate(days)
    ]
    return Trend(
        bars,
        width=STEP * len(days),
        total=sum(day.total for day in days),
        failed=sum(day.failed for day in days),
    )


def _height(count: int, most: int) -> int:
    # One of many thousands must still be seen.
    return max(round(HEIGHT * count / most), 2) if count else 0
