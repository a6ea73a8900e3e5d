"""What we hold of a person, shown to them and taken away on request (PIPL, §45 and §47).

Each room says what it has: `collect` what is shown, `erase` what is taken away, `tables` where it
lies. A test fails for a table with words that nobody has spoken for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from customers.actors import Actor
from customers.models import Customer
from customers.personal_data.subject import Subject

Collect = Callable[[Customer, Actor], dict[str, Any]]
Erase = Callable[[Customer, Subject], None]


@dataclass(frozen=True)
class Part:
    name: str
    collect: Collect
    erase: Erase
    tables: frozenset[type[Model]]


_parts: dict[str, Part] = {}


def register(name: str, collect: Collect, erase: Erase, *, tables: set[type[Model]]) -> None:
    """Called from `ready()`. `collect` shows what the actor may see; `erase` runs in the
    transaction of the whole, raises `ConflictError` where it must wait, and calls nobody outside.
    """
    _parts[name] = Part(name, collect, erase, frozenset(tables))


def parts() -> list[Part]:
    return list(_parts.values())
