"""Acts of the customer's side: links given out and taken back, and a solution that was none."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from config.errors import ConflictError, InvalidInputError, NotAllowedError
from config.logs import get_logger
from customers.actors import Actor
from tickets import states
from tickets.actions.trail import lock_ticket, record, require_team
from tickets.actions.transition import reopen_locked
from tickets.customer_side.links import Audience, expires_at, ticket_url
from tickets.models import EventKind, Ticket
from tickets.states import TicketStatus

logger = get_logger(__name__)

REOPENABLE = timedelta(days=7)
REASON_LENGTH = 500


@dataclass(frozen=True)
class SecureLink:
    url: str
    expires_at: datetime


def customer_link(*, ticket: Ticket, actor: Actor) -> SecureLink:
    """A link for the ticket's customer, to be sent by hand; for the team.

    The caller has made sure that the actor may see `ticket`.
    """
    require_team(actor)
    logger.info(
        "customer_link_made", ticket_id=ticket.pk, user=actor.user.pk if actor.user else None
    )
    return SecureLink(ticket_url(ticket, Audience.CUSTOMER), expires_at(Audience.CUSTOMER))


@transaction.atomic
def links_revoke(*, ticket_id: int, actor: Actor) -> Ticket:
    """All links given out so far lead nowhere; those made from now on do.

    Raises `NotFoundError`, `NotAllowedError`.
    """
    require_team(actor)
    ticket = lock_ticket(ticket_id, actor, merged_too=True)
    before = ticket.link_epoch
    ticket.link_epoch += 1
    record(
        ticket,
        actor,
        EventKind.EDITED,
        content="吊销安全链接",
        changes={"link_epoch": [before, ticket.link_epoch]},
    )
    return ticket


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
