"""A ticket's links, seen from its side."""

from dataclasses import dataclass

from django.db.models import Q

from customers.actors import Actor
from tickets.models import LinkKind, Ticket, TicketLink
from tickets.queries.tickets import tickets_for

# As the source says it, and as the target does.
WORDS: dict[LinkKind, tuple[str, str]] = {
    LinkKind.RELATES: ("相关", "相关"),
    LinkKind.BLOCKS: ("阻塞", "被阻塞"),
    LinkKind.CAUSES: ("导致", "起因于"),
    LinkKind.DUPLICATES: ("重复于", "被重复"),
}


@dataclass(frozen=True)
class Link:
    """`word` reads from this ticket to `ticket`; `is_source` says whose word the kind is."""

    kind: str
    word: str
    is_source: bool
    ticket: Ticket


def links_of(ticket: Ticket, actor: Actor) -> list[Link]:
    """With tickets that the actor may see, oldest link first; three queries."""
    rows = list(TicketLink.objects.filter(Q(source=ticket) | Q(target=ticket)).order_by("pk"))
    numbers = {row.source_id for row in rows} | {row.target_id for row in rows}
    others = {other.pk: other for other in tickets_for(actor).filter(pk__in=numbers)}
    found = []
    for row in rows:
        is_source = row.source_id == ticket.pk
        other = others.get(row.target_id if is_source else row.source_id)
        if other is not None:
            word = WORDS[LinkKind(row.kind)][0 if is_source else 1]
            found.append(Link(row.kind, word, is_source, other))
    return found
