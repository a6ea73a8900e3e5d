"""A report's charts as drawings: plain SVG in units of its own, stretched to whatever width there is.

Words and scales stand beside the drawing as text, so they stay readable on a phone, on paper, and
for whoever listens to the page; every value is in the table too.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from monitoring.reports.cells import NOTHING, shown
from monitoring.reports.definition import Column, Kind, Shape
from monitoring.reports.engine import Drawn, Series

HEIGHT, STEP = 100, 10
# Fewer days would be drawn as walls.
LEAST_STEPS = 7
LEAST_HEIGHT = 1.5
SHOWN_SHARES = 12


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    series: int


@dataclass(frozen=True)
class Line:
    """A run without gaps; `points` as SVG takes them."""

    points: str
    series: int


@dataclass(frozen=True)
class Spot:
    """Where the pointer is told what stands there."""

    x: float
    width: float
    words: str


@dataclass(frozen=True)
class Part:
    """One lying bar; `length` in per cent of the longest."""

    length: str
    words: str
    series: int


@dataclass(frozen=True)
class Key:
    title: str
    series: int
    words: str


@dataclass(frozen=True)
class Drawing:
    title: str
    shape: Shape
    keys: list[Key]
    is_empty: bool
    top: str = ""
    first: str = ""
    last: str = ""
    width: float = 0
    height: float = HEIGHT
    bars: list[Bar] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    shares: list[tuple[str, list[Part]]] = field(default_factory=list)

    @property
    def words(self) -> str:
        """What the drawing says, for whoever does not see it."""
        return f"{self.title}：" + "；".join(f"{key.title} {key.words}" for key in self.keys)


def drawing_of(drawn: Drawn) -> Drawing:
    most = max((number for one in drawn.series for number in _numbers(one)), default=0.0)
    keys = [
        Key(one.column.title, place, _summary(one, drawn.shape))
        for place, one in enumerate(drawn.series)
    ]
    title, shape = drawn.chart.title, drawn.shape
    # A line at nothing is still told; bars of nothing are not there.
    known = any(value is not None for one in drawn.series for value in one.values)
    if not drawn.labels or not known or (shape is not Shape.LINES and not most):
        return Drawing(title, shape, keys, is_empty=True)
    if shape is Shape.SHARES:
        return Drawing(title, shape, keys, is_empty=False, shares=_shares(drawn, most))
    kind = drawn.series[0].column.kind
    return Drawing(
        title,
        shape,
        keys,
        is_empty=False,
        top=shown(_as_kind(most, kind), kind),
        first=_label(drawn.labels[0], drawn.x),
        last=_label(drawn.labels[-1], drawn.x) if len(drawn.labels) > 1 else "",
        width=max(len(drawn.labels), LEAST_STEPS) * STEP,
        bars=_bars(drawn, most) if shape is Shape.BARS else [],
        lines=_lines(drawn, most) if shape is Shape.LINES else [],
        spots=_spots(drawn),
    )


def _bars(drawn: Drawn, most: float) -> list[Bar]:
    width = STEP * 0.8 / len(drawn.series)
    bars = []
    for place, one in enumerate(drawn.series):
        for day, value in enumerate(one.values):
            if value:
                # One of many thousands must still be seen.
                height = max(HEIGHT * float(value) / most, LEAST_HEIGHT)
                x = day * STEP + STEP * 0.1 + place * width
                bars.append(Bar(_cut(x), _cut(HEIGHT - height), _cut(width), _cut(height), place))
    return bars


def _lines(drawn: Drawn, most: float) -> list[Line]:
    lines = []
    for place, one in enumerate(drawn.series):
        for run in _runs(one.values):
            points = [(day * STEP + STEP / 2, _level(value, most)) for day, value in run]
            if len(points) == 1:
                # A day between two without figures is a dash, not nothing.
                (x, y), half = points[0], STEP / 4
                points = [(x - half, y), (x + half, y)]
            lines.append(Line(" ".join(f"{_cut(x)},{_cut(y)}" for x, y in points), place))
    return lines


def _runs(values: Sequence[Any]) -> list[list[tuple[int, float]]]:
    runs: list[list[tuple[int, float]]] = [[]]
    for day, value in enumerate(values):
        if value is not None:
            runs[-1].append((day, float(value)))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _level(value: float, most: float) -> float:
    return HEIGHT - (HEIGHT - 2) * value / most - 1 if most else HEIGHT - 1


def _spots(drawn: Drawn) -> list[Spot]:
    spots = []
    for day, label in enumerate(drawn.labels):
        values = "，".join(
            f"{one.column.title} {shown(one.values[day], one.column.kind)}" for one in drawn.series
        )
        spots.append(Spot(day * STEP, STEP, f"{_label(label, drawn.x)}：{values}"))
    return spots


def _shares(drawn: Drawn, most: float) -> list[tuple[str, list[Part]]]:
    """The first of those that have anything."""
    rows = []
    filled = [
        (place, label)
        for place, label in enumerate(drawn.labels)
        if any(one.values[place] for one in drawn.series)
    ]
    for place, label in filled[:SHOWN_SHARES]:
        parts = [
            Part(
                f"{100 * float(one.values[place] or 0) / most:.1f}",
                shown(one.values[place], one.column.kind),
                number,
            )
            for number, one in enumerate(drawn.series)
        ]
        rows.append((str(label), parts))
    return rows


def _summary(one: Series, shape: Shape) -> str:
    """What is drawn as a line is a level: its days do not add up."""
    numbers = _numbers(one)
    kind = one.column.kind
    if not numbers:
        return NOTHING
    if kind is Kind.COUNT and shape is not Shape.LINES:
        return f"合计 {shown(sum(map(int, numbers)), kind)}"
    return f"最高 {shown(_as_kind(max(numbers), kind), kind)}"


def _numbers(one: Series) -> list[float]:
    return [float(value) for value in one.values if value is not None]


def _as_kind(value: float, kind: Kind) -> float:
    return int(value) if kind is Kind.COUNT else value


def _label(value: Any, column: Column) -> str:
    return f"{value:%m-%d}" if isinstance(value, dt.date) else shown(value, column.kind)


def _cut(value: float) -> float:
    return round(value, 2)
