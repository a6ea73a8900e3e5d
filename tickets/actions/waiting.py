"""Waiting for the customer, and going on."""

from django.db import transaction
from django.utils import timezone

from config.errors import ConflictError
from customers.actors import Actor
from tickets import states
from tickets.actions.trail import lock_ticket, record, require_team
from tickets.models import EventKind, Ticket, Visibility
from tickets.sla import clock


@transaction.atomic
def ticket_wait(*, ticket_id: int, actor: Actor, reason: str = "") -> Ticket:
    """The customer is to answer: the clocks stand still until they do, or somebody goes on.

    Raises `NotFoundError`, `NotAllowedError`, `ConflictError` when finished.
    """
    require_team(actor)
    ticket = lock_ticket(ticket_id, actor)
    _require_open(ticket)
    if ticket.waiting_since is not None:
        return ticket
    clock.pause(ticket, timezone.now())
    record(ticket, actor, EventKind.WAITING, content=reason, visibility=Visibility.PUBLIC)
    return ticket


@transaction.atomic
def ticket_resume(*, ticket_id: int, actor: Actor, reason: str = "") -> Ticket:
    """The clocks run again with what was left of them."""
    ticket = lock_ticket(ticket_id, actor)
    if ticket.waiting_since is None:
        return ticket
    clock.resume(ticket, timezone.now())
    record(ticket, actor, EventKind.RESUMED, content=reason, visibility=Visibility.PUBLIC)
    return ticket


def _require_open(ticket: Ticket) -> None:
    if not ticket.is_open:
        raise ConflictError(
            f"工单 #{ticket.pk} 当前状态为{states.label(ticket.status)}（{ticket.status}），"
            "不能等待客户；请先重开",
            code="illegal_transition",
            attr="status",
        )
