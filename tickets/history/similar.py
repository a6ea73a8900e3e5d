"""Tickets like one that is being looked at or written, and what helped then."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from customers.actors import Actor
from tickets.history.candidates import Candidate, candidates
from tickets.history.likeness import LEAST, cleaned, grams, likeness, overlap, texts_of
from tickets.models import EventKind, Ticket, TicketEvent, Visibility
from tickets.states import TicketStatus
from tickets.visibility import tickets_visible_to

MOST = 20
# So many are compared letter by letter.
COMPARED = 100
SAME_PRODUCT = 0.1
_SOLVED = frozenset({TicketStatus.RESOLVED, TicketStatus.CLOSED})


@dataclass(frozen=True)
class SimilarTicket:
    """`resolution`: the words with which it was resolved, empty while it is open."""

    id: int
    title: str
    score: float
    status: str
    resolution: str


def similar_tickets(
    *,
    text: str,
    actor: Actor,
    product: str = "",
    exclude_id: int | None = None,
    limit: int = 5,
) -> list[SimilarTicket]:
    """The most alike of the tickets that `actor` may see, best first; of one product a bit more so."""
    sought = cleaned(text.replace("\x00", ""))
    if not sought:
        return []
    tickets = tickets_visible_to(actor)
    if exclude_id is not None:
        tickets = tickets.exclude(pk=exclude_id)
    likely = _likely(sought, candidates(tickets, text.replace("\x00", "")))
    scored = [(_score(sought, product, row), row) for row in likely]
    best = sorted(
        ((score, row) for score, row in scored if score >= LEAST),
        key=lambda pair: (-pair[0], -pair[1][0]),
    )[: min(limit, MOST)]
    words = resolutions([row[0] for _, row in best if TicketStatus(row[4]) in _SOLVED], actor)
    return [
        SimilarTicket(row[0], row[1], round(score, 2), row[4], words.get(row[0], ""))
        for score, row in best
    ]


def similar_to(ticket: Ticket, actor: Actor, *, limit: int = 5) -> list[SimilarTicket]:
    """Those like `ticket`, without itself."""
    text = f"{ticket.title}\n{ticket.description}"
    if ticket.description.startswith(ticket.title):
        text = ticket.description
    return similar_tickets(
        text=text, actor=actor, product=ticket.product, exclude_id=ticket.pk, limit=limit
    )


def resolutions(ticket_ids: list[int], actor: Actor) -> dict[int, str]:
    """By ticket: the last words that resolved it, else the team's last public reply; one query."""
    if not ticket_ids:
        return {}
    resolving = Q(kind=EventKind.STATUS, to_value=TicketStatus.RESOLVED)
    answering = Q(kind=EventKind.REPLY, visibility=Visibility.PUBLIC, is_from_customer=False)
    events = TicketEvent.objects.filter(resolving | answering, ticket__in=ticket_ids)
    events = events.exclude(content="").order_by("ticket_id", "sequence")
    if not actor.is_team:
        events = events.filter(visibility=Visibility.PUBLIC)
    solved: dict[int, str] = {}
    answered: dict[int, str] = {}
    for ticket_id, kind, content in events.values_list("ticket_id", "kind", "content"):
        (solved if kind == EventKind.STATUS else answered)[ticket_id] = content
    return {**answered, **solved}


def _likely(sought: str, rows: Iterable[Candidate]) -> list[Candidate]:
    """Those that share most pieces; comparing letter by letter takes longer."""
    own = grams(sought)
    shared = [
        (max(overlap(own, grams(text)) for text in texts_of(row[1], row[2])), row) for row in rows
    ]
    shared.sort(key=lambda pair: (-pair[0], -pair[1][0]))
    return [row for share, row in shared[:COMPARED] if share > 0]


def _score(sought: str, product: str, row: Candidate) -> float:
    score = likeness(sought, row[1], row[2])
    return score + (1 - score) * SAME_PRODUCT if product and row[3] == product else score
