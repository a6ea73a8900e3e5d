"""Tickets that have to do with each other."""

from django.db import transaction

from config.errors import ConflictError, InvalidInputError, NotFoundError
from config.events.publish import hold_order
from customers.actions.history import order_key
from customers.actors import Actor
from tickets.actions.trail import lock_all, record, require_team
from tickets.models import EventKind, LinkKind, Ticket, TicketLink
from tickets.queries.links import WORDS
from tickets.visibility import tickets_visible_to

MOST = 100


@transaction.atomic
def ticket_link(*, ticket_id: int, other_id: int, kind: str, actor: Actor) -> TicketLink:
    """That the ticket relates to, blocks, causes or duplicates the other; said twice, it is one.

    Raises `NotFoundError`, `NotAllowedError`, `InvalidInputError` for a ticket outside the actor's
    view, itself, or an unknown kind, `ConflictError` when the other one says the same of this.
    """
    require_team(actor)
    if kind not in LinkKind:
        raise InvalidInputError(f"没有名为 {kind} 的关系", attr="kind")
    source, target = _both(ticket_id, other_id, actor)
    links = TicketLink.objects.filter(kind=kind)
    known = links.filter(source=source, target=target).first()
    opposite = links.filter(source=target, target=source).first()
    if known is None and kind == LinkKind.RELATES:
        known = opposite
    if known is not None:
        return known
    if opposite is not None:
        raise ConflictError(
            f"工单 #{target.pk} 已{LinkKind(kind).label} #{source.pk}，请先取消那个关联",
            code="opposite_link",
            attr="kind",
        )
    if links.filter(source=source).count() >= MOST:
        raise ConflictError(f"工单 #{source.pk} 的关联已达 {MOST} 个", code="too_many", attr="kind")
    link = TicketLink.objects.create(source=source, target=target, kind=kind, created_by=actor.user)
    _tell(source, target, kind, actor)
    return link


@transaction.atomic
def ticket_unlink(*, ticket_id: int, other_id: int, kind: str, actor: Actor) -> None:
    """Takes back what `ticket_link` said, from whichever side; raises `NotFoundError` for none."""
    require_team(actor)
    if kind not in LinkKind:
        raise InvalidInputError(f"没有名为 {kind} 的关系", attr="kind")
    one, other = _both(ticket_id, other_id, actor)
    pair = (one, other)
    links = TicketLink.objects.filter(kind=kind, source__in=pair, target__in=pair)
    link = links.first()
    if link is None:
        raise NotFoundError(f"工单 #{one.pk} 与 #{other.pk} 没有这个关联")
    source, target = (one, other) if link.source_id == one.pk else (other, one)
    link.delete()
    _tell(source, target, kind, actor, gone=True)


def _both(ticket_id: int, other_id: int, actor: Actor) -> tuple[Ticket, Ticket]:
    """Both held in the order of their numbers, and the order locks of both customers."""
    if ticket_id == other_id:
        raise InvalidInputError("不能关联工单自己", attr="ticket_id")
    visible = tickets_visible_to(actor)
    if not visible.filter(pk=ticket_id).exists():
        raise NotFoundError(f"找不到工单 #{ticket_id}")
    if not visible.filter(pk=other_id).exists():
        raise InvalidInputError(f"找不到工单 #{other_id}", code="not_found", attr="ticket_id")
    rows = lock_all(Ticket.objects.filter(pk__in=(ticket_id, other_id)))
    hold_order({order_key(row.customer_id) for row in rows})
    by_id = {row.pk: row for row in rows}
    return by_id[ticket_id], by_id[other_id]


def _tell(source: Ticket, target: Ticket, kind: str, actor: Actor, *, gone: bool = False) -> None:
    """The same on both trails, each in its own words."""
    forth, back = WORDS[LinkKind(kind)]
    for ticket, word, other in ((source, forth, target), (target, back, source)):
        said = f"{word} #{other.pk}"
        before, after = (said, "") if gone else ("", said)
        record(ticket, actor, EventKind.LINKED, from_value=before, to_value=after)
