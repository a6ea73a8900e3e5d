"""How alike two problems are: one function, so that every database tells the same score.

Made for short Chinese sentences: their two-letter pieces, their letters in order, and whether one
stands in the other.
"""

import re
from collections.abc import Iterable

from rapidfuzz import fuzz

COMPARED_LENGTH = 300
# Below this two problems share a word or two by chance.
LEAST = 0.39
_ORDER, _PART, _PIECES = 0.35, 0.25, 0.4
_NO_WORDS = re.compile(r"[\W_]+")


def cleaned(text: str) -> str:
    """Its letters and digits alone, in lower case."""
    return _NO_WORDS.sub("", text.lower())[:COMPARED_LENGTH]


def problem(title: str, description: str) -> str:
    """Title and description as one text; a title that was taken from the description counts once."""
    if description.startswith(title):
        return cleaned(description[: COMPARED_LENGTH * 2])
    return cleaned(f"{title}\n{description[: COMPARED_LENGTH * 2]}")


def grams(text: str) -> frozenset[str]:
    """Two-letter pieces; a single letter is its own."""
    return frozenset(text[at : at + 2] for at in range(max(len(text) - 1, 1))) - {""}


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's coefficient, 0–1."""
    total = len(one) + len(other)
    return 2 * len(one & other) / total if total else 0.0


def likeness(sought: str, title: str, description: str) -> float:
    """0–1 between the cleaned words sought and a ticket's: its title alone, or all of it."""
    return max(_score(sought, text) for text in texts_of(title, description))


def texts_of(title: str, description: str) -> Iterable[str]:
    return {cleaned(title), problem(title, description)}


def _score(one: str, other: str) -> float:
    if not one or not other:
        return 0.0
    return (
        _ORDER * fuzz.ratio(one, other) / 100
        + _PART * fuzz.partial_ratio(one, other) / 100
        + _PIECES * overlap(grams(one), grams(other))
    )
