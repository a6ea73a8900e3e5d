"""Moving a ticket from state to state, by the table alone."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from config.errors import ConflictError, InvalidInputError
from customers.actors import Actor
from tickets import states
from tickets.actions.checks import check_move
from tickets.actions.trail import (
    EventParts,
    lock_ticket,
    record,
    record_many,
    refuse_merged,
    refuse_move,
    require_team,
)
from tickets.models import EventKind, Ticket, Visibility
from tickets.sla import clock
from tickets.states import TicketStatus


@transaction.atomic
def ticket_transition(
    *,
    ticket_id: int,
    status: str,
    actor: Actor,
    reason: str = "",
    progress: int | None = None,
    version: int | None = None,
) -> Ticket:
    """Moves the ticket to `status`; resolving sets the progress to 100 and the time.

    Raises `NotFoundError`, `NotAllowedError`, `InvalidInputError` for an unknown state,
    `ConflictError` naming the present state when the table has no such move.
    """
    require_team(actor)
    if status not in TicketStatus:
        raise InvalidInputError(f"没有名为 {status} 的状态", attr="status")
    ticket = lock_ticket(ticket_id, actor, version=version, merged_too=True)
    if ticket.merged_into_id is not None and status not in states.OPEN:
        raise refuse_merged(ticket)
    _move(ticket, TicketStatus(status), actor, reason, progress)
    return ticket


@transaction.atomic
def ticket_reopen(
    *, ticket_id: int, actor: Actor, reason: str = "", version: int | None = None
) -> Ticket:
    """Back to work: to its assignee's hands, or to the pool; with a fresh deadline.

    A merged ticket stands on its own again. Raises as `ticket_transition` does.
    """
    require_team(actor)
    ticket = lock_ticket(ticket_id, actor, version=version, merged_too=True)
    if ticket.is_open:
        raise ConflictError(
            f"工单 #{ticket.pk} 当前状态为{states.label(ticket.status)}（{ticket.status}），无需重开",
            code="illegal_transition",
            attr="status",
        )
    reopen_locked(ticket, actor, reason)
    return ticket


def reopen_locked(ticket: Ticket, actor: Actor, reason: str) -> None:
    """For acts that hold the finished ticket already."""
    target = TicketStatus.PROCESSING if ticket.assignee_id else TicketStatus.PENDING
    _move(ticket, target, actor, reason, None)


def tickets_escalate(
    tickets: Sequence[Ticket], *, actor: Actor, reason: str, told_in: Mapping[int, str]
) -> list[Ticket]:
    """Those of the locked tickets that the table lets become escalated, each with its event.

    `told_in` is the group that learns of it from whoever calls, by the ticket's key.
    """
    moved = [t for t in tickets if states.is_allowed(t.status, TicketStatus.ESCALATED)]
    parts: dict[int, EventParts] = {}
    for ticket in moved:
        parts[ticket.pk] = {
            "from_value": ticket.status,
            "to_value": TicketStatus.ESCALATED.value,
            "content": reason,
            "chat_id": told_in.get(ticket.pk, ""),
        }
        ticket.status = TicketStatus.ESCALATED
    record_many(
        moved,
        actor,
        EventKind.STATUS,
        parts,
        saved={"status": TicketStatus.ESCALATED},
        visibility=Visibility.PUBLIC,
    )
    return moved


def _move(
    ticket: Ticket, target: TicketStatus, actor: Actor, reason: str, progress: int | None
) -> None:
    before, progress_before = ticket.status, ticket.progress
    if not states.is_allowed(before, target):
        raise refuse_move(ticket, target)
    if target in states.NEEDS_ASSIGNEE and ticket.assignee_id is None:
        raise ConflictError(
            f"工单 #{ticket.pk} 当前状态为{states.label(before)}（{before}），还没有负责人，请用分配来指定",
            code="no_assignee",
            attr="status",
        )
    check_move(ticket, target)
    _apply(ticket, before, target)
    if progress is not None:
        ticket.progress = progress
    changes = (
        {"progress": [progress_before, ticket.progress]}
        if progress_before != ticket.progress
        else {}
    )
    record(
        ticket,
        actor,
        EventKind.STATUS,
        from_value=before,
        to_value=target,
        content=reason,
        changes=changes,
        visibility=Visibility.PUBLIC,
    )


def _apply(ticket: Ticket, before: str, target: TicketStatus) -> None:
    """What a state sets besides itself."""
    now = timezone.now()
    ticket.status = target
    if target in states.FINISHED:
        # What was left of the time when the customer was waited for is left, should it come back.
        clock.resume(ticket, now)
        clock.stop(ticket, now)
        ticket.reaction_due_at = None
    if target == TicketStatus.RESOLVED:
        ticket.progress = 100
        ticket.resolved_at = now
    elif target == TicketStatus.CLOSED:
        ticket.closed_at = now
    elif before in states.FINISHED:
        ticket.progress = 0
        ticket.resolved_at = ticket.closed_at = None
        ticket.merged_into = None
        clock.restart(ticket, now)
    if target == TicketStatus.PENDING:
        ticket.assignee = None
