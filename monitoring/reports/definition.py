"""What a report is made of. One definition serves the API, the page, and both kinds of files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from config.api.keys import Scope
from config.api.roles import Role
from customers.actors import Actor
from monitoring.reports.asked import Asked

Row = dict[str, Any]
# A filter's value for programs, and its name for people.
Choice = tuple[str, str]


class Kind(StrEnum):
    """What a value is: how it is written, aligned and compared."""

    TEXT = "text"
    DAY = "day"
    MOMENT = "moment"
    COUNT = "count"
    # A share of 0–1.
    SHARE = "share"
    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"
    YUAN = "yuan"
    SCORE = "score"


class Good(StrEnum):
    """Which way a figure should go."""

    UP = "up"
    DOWN = "down"
    NEITHER = ""


@dataclass(frozen=True)
class Column:
    name: str
    title: str
    kind: Kind = Kind.COUNT


@dataclass(frozen=True)
class Measure:
    """A figure of the whole span. What is only known of the present (`is_now`) has no before."""

    name: str
    title: str
    kind: Kind = Kind.COUNT
    good: Good = Good.NEITHER
    is_now: bool = False


@dataclass(frozen=True)
class Table:
    """`rows` answers with one value for each column; `note` says what the figures mean."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Callable[[Asked], Sequence[Row]]
    note: str = ""


class Shape(StrEnum):
    BARS = "bars"
    LINES = "lines"
    # Lying bars: names are longer than days.
    SHARES = "shares"


@dataclass(frozen=True)
class Chart:
    """Drawn from a table's rows: `x` names the column along the axis, `series` what is drawn."""

    name: str
    title: str
    shape: Shape
    table: str
    x: str
    series: Sequence[str]


@dataclass(frozen=True)
class Filter:
    """`read` makes a value of what was asked, or raises `InvalidInputError` naming the filter.

    `options` are what a form offers this reader; a form leaves a filter without any out, unless it
    takes any words (`is_free`).
    """

    name: str
    title: str
    read: Callable[[str, str], Any]
    options: Callable[[Actor], Sequence[Choice]]
    is_free: bool = False


@dataclass(frozen=True)
class Report:
    """`measured` answers for a span, and is asked again for the one before; `now` for the present."""

    name: str
    title: str
    about: str
    scope: Scope
    roles: frozenset[Role]
    filters: Sequence[Filter]
    measures: Sequence[Measure]
    measured: Callable[[Asked], Mapping[str, Any]]
    now: Callable[[Asked], Mapping[str, Any]]
    tables: Sequence[Table]
    charts: Sequence[Chart]
    # Raises `InvalidInputError` for filters that do not go together.
    check: Callable[[Asked], None] = lambda asked: None

    def table(self, name: str) -> Table | None:
        return next((table for table in self.tables if table.name == name), None)
