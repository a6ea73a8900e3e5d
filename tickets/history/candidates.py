"""Which tickets are worth comparing: the database finds them, and never too many.

PostgreSQL asks the index for tickets that share a rare piece of the words sought; what is rare is
told by a sample of the newest tickets. SQLite takes the newest tickets.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.core.cache import cache
from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import Left

from customers.search import Grams, text_of
from tickets.desk.ticket_search import WORDS_OF_TICKET, HasAny, pieces
from tickets.history.likeness import COMPARED_LENGTH
from tickets.models import Ticket

MOST_CANDIDATES = 400
NEWEST_ON_SQLITE = 2000
SAMPLE = 3000
# Tickets that are quickly read to find the newest of them.
READ_ROWS = 2000
COMMON_SHARE = 0.002
MOST_PIECES = 60
KEPT_SECONDS = 3600
_COMMON = "tickets.history.common_pieces"

# Number, title, the beginning of the description, product, state.
Candidate = tuple[int, str, str, str, str]


def candidates(tickets: QuerySet[Ticket], text: str) -> Iterable[Candidate]:
    """The newest of `tickets` that may be like `text`; at most some hundreds (SQLite: 2,000)."""
    if connection.vendor != "postgresql":
        return _rows(tickets, NEWEST_ON_SQLITE)
    rare, next_one = _chosen(text)
    found: dict[int, Candidate] = {}
    for some in (rare, next_one):
        if some:
            sharing = tickets.filter(HasAny(Grams(text_of(WORDS_OF_TICKET)), pieces(some)))
            found.update((row[0], row) for row in _rows(sharing, MOST_CANDIDATES))
    return found.values()


def _rows(tickets: QuerySet[Ticket], limit: int) -> list[Candidate]:
    begin = Left("description", COMPARED_LENGTH * 2)
    # By the bare key PostgreSQL would go through the tickets backwards and cut each into pieces,
    # in the hope of finding enough soon.
    rows = tickets.annotate(begin=begin).order_by((F("pk") + 0).desc())
    return list(rows.values_list("pk", "title", "begin", "product", "status")[:limit])


def _chosen(text: str) -> tuple[Sequence[str], Sequence[str]]:
    """The rarest pieces that are quickly read together, and the one that follows them."""
    common, total = common_pieces()
    sought = sorted(_pieces(text), key=lambda piece: (common.get(piece, 0.0), piece))
    rows, rare = 0.0, 0
    for piece in sought[:MOST_PIECES]:
        rows += common.get(piece, 0.0) * total
        if rows > READ_ROWS:
            break
        rare += 1
    return sought[:rare], sought[rare : rare + 1]


def common_pieces() -> tuple[dict[str, float], int]:
    """The share of the newest tickets that has a piece, where it is worth knowing, and how many
    tickets there are at most; kept an hour.
    """
    kept: tuple[dict[str, float], int] | None = cache.get(_COMMON)
    if kept is not None:
        return kept
    counts: Counter[str] = Counter()
    begin = Left("description", COMPARED_LENGTH * 2)
    tickets = Ticket.objects.order_by("-pk").values_list("pk", "title", begin)
    newest = list(tickets[:SAMPLE])
    for _, title, text in newest:
        counts.update(_pieces(f"{title}\n{text}"))
    known = max(len(newest), 1)
    shares = {piece: count / known for piece, count in counts.items()}
    common = {piece: share for piece, share in shares.items() if share >= COMMON_SHARE}
    total = newest[0][0] if len(newest) == SAMPLE else known
    cache.set(_COMMON, (common, total), KEPT_SECONDS)
    return common, total


def _pieces(text: str) -> set[str]:
    """Two- and three-letter pieces of words, as the index has them."""
    lower = text.lower()[: COMPARED_LENGTH * 2]
    cut = (lower[at : at + size] for size in (2, 3) for at in range(len(lower) - size + 1))
    return {piece for piece in cut if piece.isalnum()}
