"""One act on many tickets: each by itself, each with its own answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from django.db import connection

from config.errors import AppError, InvalidInputError
from config.events.publish import hold_order
from customers.actions.history import order_key
from customers.actors import Actor
from customers.queries.staff import staff_named
from tickets import actions
from tickets.actions.trail import lock_all
from tickets.visibility import tickets_visible_to

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
    if connection.in_atomic_block:
        _hold_all(ids, actor)
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


def _hold_all(ids: Sequence[int], actor: Actor) -> None:
    """One transaction around all of them, as a request with an `Idempotency-Key` is.

    Its rows, then its customers' order: whoever does so one by one waits in a circle with others.
    """
    tickets = lock_all(tickets_visible_to(actor).filter(pk__in=ids))
    hold_order({order_key(ticket.customer_id) for ticket in tickets})


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
