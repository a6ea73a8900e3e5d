"""What would work instead of what was refused, from the grammar's table."""

from config.errors import AppError, ConflictError, NotFoundError
from customers.actors import Actor
from tickets.models import Ticket
from tickets.visibility import tickets_visible_to
from wechat.commands import vocabulary as v

SHOWN = 4
# In the order in which they are proposed.
_PROPOSED = (*(v.RESOLVE, v.CLOSE, v.REOPEN, v.HANDLED, v.ESCALATE, v.ASSIGN_TO, v.CANCEL),)


def refusal(error: AppError, ticket_id: int, actor: Actor) -> str:
    """The error's own words and the next command that would work."""
    return f"❌ {error.detail}{_way_out(error, ticket_id, actor)}"


def _way_out(error: AppError, ticket_id: int, actor: Actor) -> str:
    if isinstance(error, NotFoundError):
        return f"，请核对编号；「{v.QUERY.synopsis.split(' |')[0]}」可以查到编号"
    if not isinstance(error, ConflictError):
        return ""
    ticket = tickets_visible_to(actor).filter(pk=ticket_id).first()
    if ticket is None:
        return ""
    if ticket.merged_into_id is not None:
        return f"；请发：「#{ticket.merged_into_id} 已解决」"
    proposed = proposals(ticket)
    return f"。可以发：{proposed}" if proposed else ""


def proposals(ticket: Ticket) -> str:
    """`「#12 已解决」「#12 升级处理」`: verbs that work in the ticket's state."""
    working = [spec for spec in _PROPOSED if ticket.status in spec.states]
    return "".join(f"「#{ticket.pk} {spec.short}」" for spec in working[:SHOWN])
