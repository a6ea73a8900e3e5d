"""What goes along when two customers become one; each room registers what it keeps."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from config.database.locks import transaction_locks
from customers.actors import Actor
from customers.models import Customer

Move = Callable[[Customer, Customer, Actor], int]
Hold = Callable[[Collection[int]], None]
Locks = Callable[[Collection[int]], list[str]]


@dataclass(frozen=True)
class Part:
    name: str
    label: str
    move: Move
    hold: Hold | None
    locks: Locks | None


_parts: dict[str, Part] = {}


def register_part(
    name: str, move: Move, *, label: str = "", hold: Hold | None = None, locks: Locks | None = None
) -> None:
    """Called from an app's `ready()`.

    `move(keep, gone, actor)` gives what `gone` has to `keep`, within the caller's transaction, with
    the room's own trail, and returns how much moved; it runs again for what came late, and where
    nothing is left it does nothing. Whoever publishes in `move` locks their rows of these customers
    in `hold(customer_ids)`, since rows come before the order locks of events. `locks` names the
    advisory locks that are held before any row. `label` is what people read; without one the part
    is not told.
    """
    _parts[name] = Part(name, label, move, hold, locks)


def take_locks(customer_ids: Collection[int]) -> None:
    """The advisory locks of all rooms, with one statement in one order."""
    names = [name for part in _parts.values() if part.locks for name in part.locks(customer_ids)]
    transaction_locks(names)


def hold_rows(customer_ids: Collection[int]) -> None:
    for part in _parts.values():
        if part.hold is not None:
            part.hold(customer_ids)


def move_all(keep: Customer, gone: Customer, actor: Actor) -> dict[str, int]:
    """By part, how much moved; those that publish come last."""
    moved: dict[str, int] = {}
    for part in sorted(_parts.values(), key=lambda part: part.hold is not None):
        if number := part.move(keep, gone, actor):
            moved[part.name] = number
    return moved


def in_words(moved: dict[str, int]) -> str:
    """工单 3、会话 1"""
    told = [(part.label, moved[name]) for name, part in _parts.items() if name in moved]
    return "、".join(f"{label} {number}" for label, number in told if label)
