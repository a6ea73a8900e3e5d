"""How well something recognises intents: accuracy, who is taken for whom."""

from collections.abc import Callable, Sequence
from typing import TypedDict

from tickets.assistant.learning.fitting import Example
from tickets.assistant.strategies.base import Guess
from tickets.models import Intent

Classify = Callable[[str], Guess | None]
# The last column of a confusion matrix: no intent at all.
NOTHING = "none"


class OfIntent(TypedDict):
    """Shares are 0 to 1; of nothing they are 0."""

    intent: str
    precision: float
    recall: float
    count: int


class Wrong(TypedDict):
    text: str
    intent: str
    guess: str
    confidence: float


class Report(TypedDict):
    """`confusion`: a row is a true intent, a column a guess, in the order of `labels`."""

    accuracy: float
    count: int
    labels: list[str]
    confusion: list[list[int]]
    per_intent: list[OfIntent]
    wrong: list[Wrong]


def evaluate(classify: Classify, examples: Sequence[Example]) -> Report:
    labels = [intent.value for intent in Intent]
    columns = [*labels, NOTHING]
    confusion = [[0] * len(columns) for _ in labels]
    wrong: list[Wrong] = []
    for text, intent in examples:
        guess = classify(text)
        found = guess.intent.value if guess else NOTHING
        confusion[labels.index(intent)][columns.index(found)] += 1
        if found != intent:
            confidence = guess.confidence if guess else 0.0
            wrong.append(Wrong(text=text, intent=intent, guess=found, confidence=confidence))
    right = sum(confusion[place][place] for place in range(len(labels)))
    return Report(
        accuracy=_share(right, len(examples)),
        count=len(examples),
        labels=columns,
        confusion=confusion,
        per_intent=[_of_intent(confusion, place, label) for place, label in enumerate(labels)],
        wrong=wrong,
    )


def _of_intent(confusion: list[list[int]], place: int, label: str) -> OfIntent:
    right, count = confusion[place][place], sum(confusion[place])
    guessed = sum(row[place] for row in confusion)
    return OfIntent(
        intent=label, precision=_share(right, guessed), recall=_share(right, count), count=count
    )


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
