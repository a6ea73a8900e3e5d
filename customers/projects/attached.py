"""What rooms above attach to projects: their tickets (called from an app's `ready()`)."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TypedDict

from customers.actors import Actor


class OpenTicket(TypedDict):
    id: int
    title: str
    status: str
    progress: int
    deadline: datetime


class Tickets(TypedDict):
    """`open_list` holds the newest few of the open ones."""

    total: int
    open: int
    open_list: list[OpenTicket]


TicketsOf = Callable[[Collection[int], Actor], dict[int, Tickets]]

_source: list[TicketsOf] = []


def register_tickets(source: TicketsOf) -> None:
    """`source` answers for many projects in a bounded number of queries; those without may miss."""
    _source[:] = [source]


def tickets_of(project_ids: Collection[int], actor: Actor) -> dict[int, Tickets]:
    """The tickets of each project that `actor` may see; every project is there."""
    found = _source[0](project_ids, actor) if _source and project_ids else {}
    return {pk: found.get(pk, Tickets(total=0, open=0, open_list=[])) for pk in project_ids}
