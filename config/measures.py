"""What can be measured, room by room: `/metrics` shows it, and the watch looks at some of it.

A room registers a reader from its `AppConfig.ready()`. A reader costs a bounded number of queries
and yields labels from a small, fixed set: never an id, a name or an address.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Measure:
    """A name as Prometheus has them, ending in its unit."""

    name: str
    description: str
    labels: tuple[str, ...] = ()
    kind: Literal["gauge", "counter"] = "gauge"


@dataclass(frozen=True)
class Value:
    measure: Measure
    value: float
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reader:
    """`read` may raise what database and Redis raise; its measures are then left out."""

    read: Callable[[], Iterable[Value]]
    measures: tuple[Measure, ...]
    needs_database: bool = True


_readers: list[Reader] = []


def register(
    read: Callable[[], Iterable[Value]],
    measures: Sequence[Measure],
    *,
    needs_database: bool = True,
) -> None:
    reader = Reader(read, tuple(measures), needs_database)
    if reader not in _readers:
        _readers.append(reader)


def readers() -> Sequence[Reader]:
    return tuple(_readers)


def values_of(measure_name: str) -> list[Value]:
    """All values of one measure; none when no room has it."""
    return [
        value
        for reader in _readers
        if any(measure.name == measure_name for measure in reader.measures)
        for value in reader.read()
        if value.measure.name == measure_name
    ]
