"""Acts of the customer's side: links given out and taken back, and a solution that was none."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from config.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from customers.actors import Actor
from tickets import states
from tickets.actions.trail import lock_all, lock_ticket, record, require_team
from tickets.actions.transition import reopen_locked
from tickets.customer_side.links import Audience, expires_at, ticket_url
from tickets.models import EventKind, Ticket
from tickets.states import TicketStatus
from tickets.visibility import tickets_visible_to

REOPENABLE = timedelta(days=7)
REASON_LENGTH = 500


@dataclass(frozen=True)
class SecureLink:
    url: str
    expires_at: datetime


@transaction.atomic
def customer_link(*, ticket_id: int, actor: Actor) -> SecureLink:
    """A link for the ticket's customer, to be sent by hand; for the team.

    Whoever has it rates as the customer does: the trail says who made one. Raises `NotFoundError`,
    `NotAllowedError`.
    """
    require_team(actor)
    ticket = lock_ticket(ticket_id, actor, merged_too=True)
    record(ticket, actor, EventKind.LINKED, content="已生成客户链接")
    return SecureLink(ticket_url(ticket, Audience.CUSTOMER), expires_at(Audience.CUSTOMER))


@transaction.atomic
def links_revoke(*, ticket_id: int, actor: Actor) -> Ticket:
    """All links given out so far lead nowhere; those made from now on do.

    A merged ticket's page leads on to where it went: the links to those merged into this one end
    with its own. Raises `NotFoundError`, `NotAllowedError`.
    """
    require_team(actor)
    seen = tickets_visible_to(actor).filter(pk=ticket_id).first()
    if seen is None:
        raise NotFoundError(f"找不到工单 #{ticket_id}")
    rows = lock_all(Ticket.objects.filter(pk__in=_leading_to(seen)))
    for ticket in rows:
        before = ticket.link_epoch
        ticket.link_epoch += 1
        record(
            ticket,
            actor,
            EventKind.EDITED,
            content="吊销安全链接",
            changes={"link_epoch": [before, ticket.link_epoch]},
        )
    return next(ticket for ticket in rows if ticket.pk == ticket_id)


def _leading_to(ticket: Ticket) -> set[int]:
    """The ticket, and those of its customer whose page leads to its own."""
    found, new = {ticket.pk}, {ticket.pk}
    while new:
        merged = Ticket.objects.filter(merged_into__in=new, customer=ticket.customer_id)
        new = set(merged.values_list("pk", flat=True)) - found
        found |= new
    return found


@transaction.atomic
def ticket_reopen_by_customer(*, ticket_id: int, reason: str, actor: Actor) -> Ticket:
    """The customer says that a solution was none, within a week and with the reason.

    Raises `NotFoundError`, `NotAllowedError` for anybody else, `InvalidInputError` naming
    `reason`, `ConflictError` when the ticket is not resolved or that was too long ago.
    """
    if actor.is_team or actor.customer_id is None:
        raise NotAllowedError("只有客户本人可以这样重开工单")
    reason = reason.strip()
    if not reason or len(reason) > REASON_LENGTH:
        raise InvalidInputError(f"请用 1 到 {REASON_LENGTH} 个字说明哪里没有解决", attr="reason")
    ticket = lock_ticket(ticket_id, actor)
    if not is_reopenable(ticket):
        raise ConflictError(
            f"工单 #{ticket.pk} 当前状态为{states.label(ticket.status)}（{ticket.status}），"
            f"只有已解决 {REOPENABLE.days} 天内的工单可以这样重开",
            code="illegal_transition",
            attr="status",
        )
    ticket.unanswered_since = ticket.unanswered_since or timezone.now()
    reopen_locked(ticket, actor, reason)
    return ticket


def is_reopenable(ticket: Ticket) -> bool:
    """By its customer."""
    return (
        ticket.status == TicketStatus.RESOLVED
        and ticket.resolved_at is not None
        and ticket.resolved_at + REOPENABLE >= timezone.now()
    )
