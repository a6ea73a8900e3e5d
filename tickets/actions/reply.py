"""Words on a ticket: to the customer, or among colleagues."""

from django.db import transaction
from django.utils import timezone

from config.errors import InvalidInputError, NotAllowedError
from customers.actors import Actor
from tickets.actions.trail import lock_ticket, record
from tickets.actions.watch import can_see, watch_all
from tickets.models import EventKind, Ticket, TicketEvent, Visibility
from tickets.relations.mentions import mentioned_in
from tickets.sla import clock

CONTENT_LENGTH = 5000


@transaction.atomic
def ticket_reply(
    *, ticket_id: int, content: str, actor: Actor, visibility: str = Visibility.PUBLIC
) -> TicketEvent:
    """The reply as the ticket's next event. Customers write public replies only.

    Colleagues named in an internal note (`@李四`) follow the ticket and are told.

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
    changes = _mentions(ticket, content, actor) if visibility == Visibility.INTERNAL else {}
    return record(
        ticket,
        actor,
        EventKind.REPLY,
        content=content,
        changes=changes,
        visibility=Visibility(visibility),
    )


def _mentions(ticket: Ticket, content: str, actor: Actor) -> dict[str, list[str]]:
    """Who is named in a note follows the ticket from now on; who may not see it, does not."""
    named = mentioned_in(content)
    seeing = [user for user in named if can_see(ticket, user, actor)]
    watch_all(ticket, [user for user in seeing if user != actor.user])
    blind = [user for user in named if user not in seeing]
    return {
        name: ["", "、".join(user.display_name for user in users)]
        for name, users in (("mentioned", seeing), ("not_told", blind))
        if users
    }
