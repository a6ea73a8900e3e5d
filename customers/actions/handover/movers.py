"""What moves together with a customer; each room registers what it keeps (a registry, see docs)."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet

from customers.actors import Actor
from customers.models import User

Rows = Callable[[Collection[int], User], QuerySet[Any]]
Move = Callable[[Collection[int], User, User, Actor], dict[int, int]]


@dataclass(frozen=True)
class Mover:
    name: str
    label: str
    rows: Rows
    move: Move


_movers: dict[str, Mover] = {}


def register_mover(name: str, move: Move, *, rows: Rows, label: str) -> None:
    """Called from an app's `ready()`.

    `rows(customer_ids, from_user)` are the open things (each with a `customer_id`) that somebody has
    of these customers: they are counted by the dry run, and locked before anything is published.
    `move(customer_ids, from_user, to_user, actor)` gives them to the other, within the caller's
    transaction, with the room's own trail; it returns how many moved for each customer.
    """
    _movers[name] = Mover(name, label, rows, move)


def labels() -> dict[str, str]:
    return {mover.name: mover.label for mover in _movers.values()}


def counts(customer_ids: Collection[int], from_user: User) -> dict[str, dict[int, int]]:
    """By mover, by customer: how many things would move."""
    return {
        mover.name: dict(
            mover.rows(customer_ids, from_user)
            .order_by()
            .values_list("customer_id")
            .annotate(Count("pk"))
        )
        for mover in _movers.values()
    }


def hold(customer_ids: Collection[int], from_user: User) -> dict[int, dict[str, int]]:
    """Locks what would move until the transaction ends; by customer, how much it is.

    Rows come before the order locks of events, as everywhere: so no two acts wait for each other.
    """
    held: dict[int, dict[str, int]] = {pk: {} for pk in customer_ids}
    for mover in _movers.values():
        rows = mover.rows(customer_ids, from_user).order_by("pk")
        if connection.vendor == "postgresql":
            rows = rows.select_for_update(of=("self",), no_key=True)
        for customer_id in rows.values_list("customer_id", flat=True):
            held[customer_id][mover.name] = held[customer_id].get(mover.name, 0) + 1
    return held


def move_all(
    customer_ids: Collection[int], from_user: User, to_user: User, actor: Actor
) -> dict[int, dict[str, int]]:
    """Lets every room move what it keeps; by customer, by mover, how many moved."""
    moved: dict[int, dict[str, int]] = {pk: {} for pk in customer_ids}
    for mover in _movers.values():
        for customer_id, number in mover.move(customer_ids, from_user, to_user, actor).items():
            if number:
                moved[customer_id][mover.name] = number
    return moved
