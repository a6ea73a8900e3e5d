"""Words on a ticket: to the customer, or among colleagues."""

from django.db import transaction
from django.utils import timezone

from config.errors import InvalidInputError, NotAllowedError
from customers.actors import Actor
from tickets.actions.trail import lock_ticket, record
from tickets.models import EventKind, TicketEvent, Visibility
from tickets.sla import clock

CONTENT_LENGTH = 5000


@transaction.atomic
def ticket_reply(
    *, ticket_id: int, content: str, actor: Actor, visibility: str = Visibility.PUBLIC
) -> TicketEvent:
    """The reply as the ticket's next event. Customers write public replies only.

    Raises `NotFoundError`, `NotAllowedError`, `InvalidInputError`.
    """
    content = content.strip()
    if not content or len(content) > CONTENT_LENGTH:
        raise InvalidInputError(f"内容必须是 1 到 {CONTENT_LENGTH} 个字", attr="content")
    if visibility == Visibility.INTERNAL and not actor.is_team:
        raise NotAllowedError("客户不能写内部备注")
    ticket = lock_ticket(ticket_id, actor)
    if not actor.is_team:
        clock.resume(ticket, timezone.now())
    return record(
        ticket, actor, EventKind.REPLY, content=content, visibility=Visibility(visibility)
    )
