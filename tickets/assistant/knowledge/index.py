"""Every published article's questions in memory, so that a search is milliseconds and one query.

A company has hundreds of articles, not millions: kept whole by each process, they are compared by
one function on every database. The copy is held against the table once a second.
"""

import threading
import time
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from math import log
from typing import Any

from django.db.models import Count, Max

from tickets.assistant.knowledge.words import cleaned, pieces
from tickets.models import ArticleStatus, KnowledgeArticle, SimilarQuestion

CHECKED_SECONDS = 1.0
# An article's answer is compared by its beginning.
BODY_LENGTH = 1000


@dataclass(frozen=True)
class Known:
    """One way to ask for an article."""

    article_id: int
    text: str
    weight: float


@dataclass(frozen=True)
class _Prepared:
    """An article cut into pieces: kept until it changes, so that a change costs one article's work."""

    updated_at: datetime
    asked: list[tuple[str, dict[str, float]]]
    body: frozenset[str]
    keywords: frozenset[str]


@dataclass
class Index:
    """`places` tells in which questions a piece is, `bodies` in which articles' answers."""

    rarity: dict[str, float] = field(default_factory=dict)
    unknown: float = 1.0
    questions: list[Known] = field(default_factory=list)
    places: dict[str, "array[int]"] = field(default_factory=dict)
    bodies: dict[str, "array[int]"] = field(default_factory=dict)
    keywords: dict[str, list[int]] = field(default_factory=dict)
    private: frozenset[int] = frozenset()

    def weight(self, piece: str, counts: float) -> float:
        return counts * self.rarity.get(piece, self.unknown)


_lock = threading.Lock()
_index = Index()
_prepared: dict[int, _Prepared] = {}
_mark: tuple[Any, ...] | None = None
_checked_at: float | None = None


def current() -> Index:
    """The published articles as they were at most a second ago; a query each second, more after a change.

    Who comes while another reads them anew takes what was there before.
    """
    global _checked_at, _mark, _index
    if not _lock.acquire(blocking=_mark is None):
        return _index
    try:
        now = time.monotonic()
        if _checked_at is None or now - _checked_at >= CHECKED_SECONDS:
            mark = _mark_of_the_table()
            if mark != _mark:
                _index, _mark = _read(), mark
            _checked_at = now
        return _index
    finally:
        _lock.release()


def forget() -> None:
    """The next search asks the database."""
    global _checked_at
    _checked_at = None


def _mark_of_the_table() -> tuple[Any, ...]:
    """Changes with every change: writers stand in one line (`articles.py`) and touch `updated_at`."""
    marks = KnowledgeArticle.objects.aggregate(Count("pk"), Max("pk"), Max("updated_at"))
    return tuple(marks.values())


def _read() -> Index:
    articles = KnowledgeArticle.objects.filter(status=ArticleStatus.PUBLISHED).order_by("pk")
    similar: dict[int, list[str]] = defaultdict(list)
    questions = SimilarQuestion.objects.filter(article__status=ArticleStatus.PUBLISHED)
    for article_id, text in questions.order_by("pk").values_list("article_id", "text"):
        similar[article_id].append(text)
    read: dict[int, _Prepared] = {}
    index = Index()
    private = set()
    for article in articles.iterator():
        known = _prepared.get(article.pk)
        if known is None or known.updated_at != article.updated_at:
            known = _prepare(article, similar[article.pk])
        read[article.pk] = known
        for keyword in known.keywords:
            index.keywords.setdefault(keyword, []).append(article.pk)
        if not article.is_public:
            private.add(article.pk)
    index.private = frozenset(private)
    _weigh(index, read)
    _place(index, read)
    _prepared.clear()
    _prepared.update(read)
    return index


def _prepare(article: KnowledgeArticle, similar: list[str]) -> _Prepared:
    words = filter(None, (*article.keywords, article.product))
    return _Prepared(
        updated_at=article.updated_at,
        asked=[(cleaned(text), pieces(text)) for text in dict.fromkeys((article.title, *similar))],
        body=frozenset(piece for piece in pieces(article.body[:BODY_LENGTH]) if len(piece) > 1),
        keywords=frozenset(cleaned(str(word)) for word in words) - {""},
    )


def _weigh(index: Index, read: dict[int, _Prepared]) -> None:
    """A piece that few articles have tells more."""
    in_articles: Counter[str] = Counter()
    for known in read.values():
        in_articles.update(known.body.union(*(own for _, own in known.asked)))
    total = max(len(read), 1)
    index.rarity = {piece: log(1 + total / count) for piece, count in in_articles.items()}
    # As rare as what only one article has, and a bit less: customers tell more than they ask.
    index.unknown = 0.8 * log(1 + total)


def _place(index: Index, read: dict[int, _Prepared]) -> None:
    places: dict[str, array[int]] = defaultdict(lambda: array("l"))
    bodies: dict[str, array[int]] = defaultdict(lambda: array("l"))
    for pk, known in read.items():
        for text, own in known.asked:
            for piece in own:
                places[piece].append(len(index.questions))
            index.questions.append(Known(pk, text, total_of(index, own.items())))
        for piece in known.body:
            bodies[piece].append(pk)
    index.places, index.bodies = dict(places), dict(bodies)


def total_of(index: Index, parts: Iterable[tuple[str, float]]) -> float:
    """How much these pieces weigh together."""
    return sum(index.weight(piece, counts) for piece, counts in parts)
