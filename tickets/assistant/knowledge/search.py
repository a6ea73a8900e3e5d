"""Which articles answer a question."""

from collections import defaultdict
from dataclasses import dataclass

from rapidfuzz import fuzz

from config.runtime import store
from tickets.assistant.knowledge.index import Index, current, total_of
from tickets.assistant.knowledge.words import cleaned, pieces
from tickets.models import ArticleStatus, KnowledgeArticle

SETTING = "assistant.knowledge"
MOST = 20
# So many are compared letter by letter.
COMPARED = 40
# What a customer tells beside the question takes away less than what the question lacks.
_BESIDE, _MISSING = 0.3, 0.7
_PIECES, _ORDER = 0.75, 0.25
# A word in an answer, or a keyword, says less than a question that is asked alike.
_IN_BODY, _KEYWORD = 0.5, 0.2


@dataclass(frozen=True)
class Match:
    """`score` 0–1: how surely the article answers what was asked."""

    article: KnowledgeArticle
    score: float


def articles_for(text: str, *, public_only: bool, limit: int = 3) -> list[Match]:
    """The published articles for `text`, best first; none below the setting's `suggest_score`.

    `public_only`: those that may be said to a customer. One query, and another once a second.
    """
    least = float(store.get(SETTING)["suggest_score"])
    index = current()
    scores = _scores(index, text)
    found = sorted(
        (
            (score, pk)
            for pk, score in scores.items()
            if score >= least and not (public_only and pk in index.private)
        ),
        key=lambda pair: (-pair[0], pair[1]),
    )[: min(limit, MOST)]
    if not found:
        return []
    articles = KnowledgeArticle.objects.filter(status=ArticleStatus.PUBLISHED)
    if public_only:
        articles = articles.filter(is_public=True)
    by_pk = articles.in_bulk([pk for _, pk in found])
    return [Match(by_pk[pk], round(score, 3)) for score, pk in found if pk in by_pk]


def answers(match: Match) -> bool:
    """Whether the assistant may say it without asking a person (runtime setting `answer_score`)."""
    return match.score >= float(store.get(SETTING)["answer_score"])


def _scores(index: Index, text: str) -> dict[int, float]:
    sought, own = cleaned(text), pieces(text)
    if not sought or not own:
        return {}
    whole = total_of(index, own.items())
    best: dict[int, float] = {}
    for place, share in _likely(index, own, whole):
        known = index.questions[place]
        if known.text == sought:
            score = 1.0
        else:
            score = (
                _PIECES * share + _ORDER * fuzz.partial_ratio(sought, known.text) / 100 * share**0.5
            )
        best[known.article_id] = max(score, best.get(known.article_id, 0.0))
    for pk, share in _in_bodies(index, own, whole).items():
        best[pk] = max(_IN_BODY * share, best.get(pk, 0.0))
    for keyword, pks in index.keywords.items():
        if keyword in sought:
            for pk in pks:
                best[pk] = best.get(pk, 0.0) + (1 - best.get(pk, 0.0)) * _KEYWORD
    return best


def _likely(index: Index, own: dict[str, float], whole: float) -> list[tuple[int, float]]:
    """Questions that share pieces, by Tversky's index of their weights."""
    common: dict[int, float] = defaultdict(float)
    for piece, counts in own.items():
        weight = index.weight(piece, counts)
        for place in index.places.get(piece, ()):
            common[place] += weight
    shares = [
        (
            place,
            shared
            / (
                shared
                + _BESIDE * (whole - shared)
                + _MISSING * (index.questions[place].weight - shared)
            ),
        )
        for place, shared in common.items()
    ]
    shares.sort(key=lambda pair: (-pair[1], pair[0]))
    return shares[:COMPARED]


def _in_bodies(index: Index, own: dict[str, float], whole: float) -> dict[int, float]:
    """How much of what was said stands in an answer."""
    shared: dict[int, float] = defaultdict(float)
    for piece, counts in own.items():
        for pk in index.bodies.get(piece, ()):
            shared[pk] += index.weight(piece, counts)
    return {pk: min(weight / whole, 1.0) for pk, weight in shared.items()}
