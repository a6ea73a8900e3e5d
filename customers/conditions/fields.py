"""The fields that conditions may name; each room registers its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from customers.conditions.kinds import OPERATORS, Kind, Operator
from customers.conditions.language import Leaf

Choices = Callable[[], Sequence[tuple[str | int, str]]]
# Which customers a leaf means, at a moment. No joins to many rows: EXISTS, or IN a subquery.
Where = Callable[[Leaf, datetime], Q]


class Source:
    """Things with an id that a value names; see `references.py`."""

    TAGS = "tags"
    STAFF = "staff"
    GROUPS = "groups"


@dataclass(frozen=True)
class Param:
    """A further key beside `value`: a number of days, or one of `choices`, or a text."""

    name: str
    label: str
    kind: Kind
    is_required: bool = False
    choices: Choices | None = None


@dataclass(frozen=True)
class Field:
    """`choices` for few fixed values; `source` for ids of things that come and go."""

    name: str
    label: str
    group: str
    kind: Kind
    where: Where
    choices: Choices | None = None
    source: str = ""
    params: tuple[Param, ...] = ()
    # For texts that are stored in a normal form, such as phone numbers; raises `InvalidInputError`.
    normal: Callable[[str], str] | None = None
    can_be_empty: bool = True

    @property
    def operators(self) -> dict[str, Operator]:
        known = OPERATORS[self.kind]
        if self.can_be_empty:
            return known
        return {code: known[code] for code in known if code != "is_empty"}


DAYS = Param("days", "最近天数", Kind.INTEGER, is_required=True)


def choices_of(choices: Any) -> Choices:
    """Those of a Django `Choices` class."""
    return lambda: [(value, str(label)) for value, label in choices.choices]


_fields: dict[str, Field] = {}


def register_field(field: Field) -> None:
    """Called from `ready()`; a name stands for one field only."""
    _fields[field.name] = field


def field_named(name: str) -> Field | None:
    return _fields.get(name)


def all_fields() -> list[Field]:
    return list(_fields.values())
