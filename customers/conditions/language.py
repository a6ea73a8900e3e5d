"""A condition, read and checked: a tree of leaves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MAX_DEPTH = 5
MAX_LEAVES = 50


@dataclass(frozen=True)
class Leaf:
    """One field compared with one value; `params` narrow what is counted (`days`, `channel`, …)."""

    field: str
    op: str
    value: Any
    params: Mapping[str, Any]
    # Where it stood in what was read, for errors.
    path: str


@dataclass(frozen=True)
class AllOf:
    """Every part fits; without parts: everybody."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class AnyOf:
    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class NotThat:
    part: "Condition"


Condition = Leaf | AllOf | AnyOf | NotThat


def leaves_of(condition: Condition) -> Iterator[Leaf]:
    if isinstance(condition, Leaf):
        yield condition
    elif isinstance(condition, NotThat):
        yield from leaves_of(condition.part)
    else:
        for part in condition.parts:
            yield from leaves_of(part)
