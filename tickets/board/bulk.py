"""One act on many tickets: each by itself, each with its own answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from config.errors import AppError, InvalidInputError
from customers.actors import Actor
from customers.queries.staff import staff_named
from tickets import actions

MOST = 200
Action = Literal["assign", "transition", "priority", "watch", "unwatch"]
Act = Callable[[int], object]


@dataclass(frozen=True)
class Outcome:
    """What became of one ticket; `error` is what its action refused with."""

    ticket_id: int
    error: AppError | None = None


def tickets_do(
    *,
    ids: Sequence[int],
    action: Action,
    actor: Actor,
    assignee: str = "",
    status: str = "",
    reason: str = "",
    priority: str = "",
) -> list[Outcome]:
    """Does it to each ticket in a transaction of its own: what one refuses stops no other.

    Raises `InvalidInputError` for what is wrong whichever the ticket, before anything is done.
    """
    act = _act(action, actor, assignee=assignee, status=status, reason=reason, priority=priority)
    done = {}
    # In the order of their numbers, as everybody who locks several does.
    for ticket_id in sorted(set(ids)):
        try:
            act(ticket_id)
        except AppError as refused:
            done[ticket_id] = Outcome(ticket_id, refused)
        else:
            done[ticket_id] = Outcome(ticket_id)
    return [done[ticket_id] for ticket_id in dict.fromkeys(ids)]


def _act(
    action: Action, actor: Actor, *, assignee: str, status: str, reason: str, priority: str
) -> Act:
    match action:
        case "assign":
            colleague = staff_named(_needed(assignee, "assignee"))
            return lambda pk: actions.ticket_assign(
                ticket_id=pk, assignee=colleague, note=reason, actor=actor
            )
        case "transition":
            _needed(status, "status")
            return lambda pk: actions.ticket_transition(
                ticket_id=pk, status=status, reason=reason, actor=actor
            )
        case "priority":
            _needed(priority, "priority")
            return lambda pk: actions.ticket_edit(
                ticket_id=pk, changes={"priority": priority}, actor=actor
            )
        case "watch":
            return lambda pk: actions.ticket_watch(ticket_id=pk, actor=actor)
        case "unwatch":
            return lambda pk: actions.ticket_unwatch(ticket_id=pk, actor=actor)


def _needed(value: str, attr: str) -> str:
    if not value:
        raise InvalidInputError("这个操作需要它", code="required", attr=attr)
    return value
