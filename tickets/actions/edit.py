"""Changing what a ticket says, and how far it has come."""

from datetime import datetime
from typing import Any, TypedDict

from django.db import transaction
from django.utils import timezone

from config.errors import ConflictError, InvalidInputError
from customers.actors import Actor
from tickets import states
from tickets.actions.checks import check_deadline
from tickets.actions.projects import check_project
from tickets.actions.trail import lock_ticket, record, require_team
from tickets.desk.custom_fields import checked_values, merged_values
from tickets.models import EventKind, Ticket, Visibility
from tickets.sla import clock
from tickets.snapshot import plain
from tickets.states import TicketStatus


class TicketChanges(TypedDict, total=False):
    """What a PATCH may carry (contract.md §4); `progress` goes with them."""

    title: str
    description: str
    product: str
    priority: str
    deadline: datetime
    progress: int
    project_id: int | None
    # Only the fields that change; the others stay.
    custom_fields: dict[str, Any]


@transaction.atomic
def ticket_edit(
    *, ticket_id: int, changes: TicketChanges, actor: Actor, version: int | None = None
) -> Ticket:
    """The ticket with `changes`; one event that names each field's old and new value.

    Raises `NotFoundError`, `NotAllowedError`, `InvalidInputError`, and `ConflictError` when
    `version` is not the present one.
    """
    require_team(actor)
    ticket = lock_ticket(ticket_id, actor, version=version)
    if "project_id" in changes:
        check_project(changes["project_id"], ticket.customer_id, actor)
    given: dict[str, Any] = {**changes}
    if "custom_fields" in changes:
        checked = checked_values(changes["custom_fields"], partial=True)
        given["custom_fields"] = merged_values(ticket.custom_fields, checked)
    changed: dict[str, Any] = {}
    for field, value in given.items():
        before = getattr(ticket, field)
        if before != value:
            changed[field] = [plain(before), plain(value)]
            setattr(ticket, field, value)
    if not changed:
        return ticket
    _check_progress(ticket)
    if "deadline" in changed:
        check_deadline(ticket.deadline, timezone.now())
    if ticket.is_open and changed.keys() & {"priority", "product", "deadline"}:
        deadline = ticket.deadline
        clock.recalculate(ticket, timezone.now(), keep_deadline="deadline" in changed)
        if ticket.deadline != deadline:
            changed["deadline"] = [plain(deadline), plain(ticket.deadline)]
    record(ticket, actor, EventKind.EDITED, changes=changed)
    return ticket


@transaction.atomic
def ticket_set_progress(
    *,
    ticket_id: int,
    percent: int,
    actor: Actor,
    note: str = "",
    version: int | None = None,
) -> Ticket:
    """How far it has come, 0–100; a ticket that nobody had begun becomes `processing`.

    Raises `NotFoundError`, `NotAllowedError`, `InvalidInputError`, `ConflictError` when finished.
    """
    require_team(actor)
    if not 0 <= percent <= 100:
        raise InvalidInputError("进度必须是 0 到 100", attr="progress")
    ticket = lock_ticket(ticket_id, actor, version=version)
    if not ticket.is_open:
        raise ConflictError(
            f"工单 #{ticket.pk} 当前状态为{states.label(ticket.status)}（{ticket.status}），"
            "不能更新进度；请先重开",
            code="illegal_transition",
            attr="status",
        )
    before, status_before = ticket.progress, ticket.status
    ticket.progress = percent
    changes: dict[str, Any] = {}
    if status_before in (TicketStatus.PENDING, TicketStatus.ASSIGNED):
        ticket.status = TicketStatus.PROCESSING
        changes["status"] = [status_before, ticket.status]
    if before == percent and not changes and not note:
        return ticket
    record(
        ticket,
        actor,
        EventKind.PROGRESS,
        from_value=f"{before}%",
        to_value=f"{percent}%",
        content=note,
        changes=changes,
        visibility=Visibility.PUBLIC,
    )
    return ticket


def _check_progress(ticket: Ticket) -> None:
    if ticket.status in (TicketStatus.RESOLVED, TicketStatus.CLOSED) and ticket.progress != 100:
        raise ConflictError(
            f"工单 #{ticket.pk} 当前状态为 {ticket.status}，进度应为 100%",
            code="illegal_transition",
            attr="progress",
        )
