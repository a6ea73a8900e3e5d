"""Intents by vocabulary: always there, explains itself, learns nothing."""

import re
from functools import cache, lru_cache

from tickets.assistant.strategies.base import Context, Guess
from tickets.assistant.strategies.text import plain
from tickets.assistant.strategies.vocabulary import UNMEANT, VOCABULARY
from tickets.models import Intent

# How much a second intent in the same words takes from the first one's confidence.
DOUBT = 0.45


class Rules:
    name = "rules"

    def classify(self, text: str, context: Context) -> Guess | None:
        """None where no expression of the vocabulary is found."""
        found = _found(plain(text))
        if not found:
            return None
        # Equals go by the vocabulary's order: whom to hear first when in doubt.
        first, *others = sorted(found, key=lambda intent: -found[intent][0])
        strength, words = found[first]
        doubt = found[others[0]][0] if others else 0.0
        confidence = round(strength * (1 - DOUBT * doubt), 4)
        return Guess(first, confidence, {"words": words})


def strengths(text: str) -> list[tuple[Intent, float]]:
    """How strongly the vocabulary speaks for each intent, 0 to 1; without those it does not name."""
    return [(intent, strength) for intent, (strength, _) in _found(plain(text)).items()]


@lru_cache(maxsize=64)
def _found(text: str) -> dict[Intent, tuple[float, list[str]]]:
    """For each intent that something speaks for: how strongly, and what.

    Kept for a moment: one message is looked at for a person, by the rules, and by both models.
    """
    vocabulary, unmeant = _compiled()
    meant = unmeant.sub(" ", text)
    found: dict[Intent, tuple[float, list[str]]] = {}
    for intent, expressions in vocabulary.items():
        against, words = 1.0, []
        for weight, expression in expressions:
            match = expression.search(meant)
            if match:
                against *= 1 - weight
                words.append(match.group()[:20])
        if words:
            found[intent] = (1 - against, words)
    return found


@cache
def _compiled() -> tuple[dict[Intent, list[tuple[float, re.Pattern[str]]]], re.Pattern[str]]:
    vocabulary = {
        intent: [(weight, re.compile(expression)) for weight, expression in expressions]
        for intent, expressions in VOCABULARY.items()
    }
    return vocabulary, re.compile("|".join(UNMEANT))
