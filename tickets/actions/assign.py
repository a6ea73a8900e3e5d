"""Giving a ticket to somebody."""

from django.db import transaction
from django.utils import timezone

from config.errors import ConflictError, InvalidInputError
from customers.actors import Actor, Entry
from customers.models import User
from tickets import states
from tickets.actions.trail import lock_ticket, record, require_team
from tickets.models import EventKind, Ticket
from tickets.states import TicketStatus


@transaction.atomic
def ticket_assign(
    *,
    ticket_id: int,
    assignee: User,
    actor: Actor,
    note: str = "",
    version: int | None = None,
) -> Ticket:
    """The ticket in its new hands; an escalated one stays escalated, others become `assigned`.

    Giving it to who has it already changes nothing, except that it stays with them: a person's word
    ends the deadline by which an automatic assignment wants a sign of life.

    Raises `NotFoundError`, `NotAllowedError`, `InvalidInputError` for an assignee outside the team,
    `ConflictError` for a finished ticket.
    """
    require_team(actor)
    if not assignee.is_team_member:
        raise InvalidInputError("负责人必须是在职员工", code="not_staff", attr="assignee")
    ticket = lock_ticket(ticket_id, actor, version=version)
    if ticket.status in states.FINISHED:
        raise ConflictError(
            f"工单 #{ticket.pk} 当前状态为{states.label(ticket.status)}（{ticket.status}），"
            "不能分配；请先重开",
            code="illegal_transition",
            attr="status",
        )
    if ticket.assignee_id == assignee.pk and ticket.status != TicketStatus.PENDING:
        if actor.entry != Entry.SYSTEM and ticket.reaction_due_at is not None:
            ticket.reaction_due_at = None
            ticket.save(update_fields=["reaction_due_at"])
        return ticket
    before, status_before = ticket.assigned_to_name, ticket.status
    ticket.assignee = assignee
    ticket.assigned_at = timezone.now()
    ticket.reaction_due_at = None
    if ticket.status != TicketStatus.ESCALATED:
        ticket.status = TicketStatus.ASSIGNED
    changes = {"status": [status_before, ticket.status]} if status_before != ticket.status else {}
    record(
        ticket,
        actor,
        EventKind.ASSIGNED,
        from_value=before,
        to_value=ticket.assigned_to_name,
        content=note,
        changes=changes,
    )
    return ticket
