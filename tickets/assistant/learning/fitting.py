"""Making a classifier from examples: logistic regression over weighted n-grams and signs."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import TypedDict

from tickets.assistant.learning.classifier import Classifier
from tickets.assistant.learning.features import features_of
from tickets.models import Intent

FEWEST_EXAMPLES = 5  # of one intent
Example = tuple[str, str]


class Params(TypedDict):
    """`strength`: how closely the examples are followed (scikit-learn's C)."""

    strength: float
    iterations: int


DEFAULT_PARAMS = Params(strength=8.0, iterations=1000)


class TooFewExamplesError(ValueError):
    """An intent without examples would never be recognised again."""


def fit(examples: Sequence[Example], params: Params = DEFAULT_PARAMS) -> Classifier:
    """The same examples give the same classifier. Raises `TooFewExamplesError`."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    _check(examples)
    empty = _frame(examples)
    rows, columns, amounts = [], [], []
    for row, (text, _) in enumerate(examples):
        for place, value in empty.values(features_of(text)).items():
            rows.append(row)
            columns.append(place)
            amounts.append(value)
    table = csr_matrix((amounts, (rows, columns)), shape=(len(examples), len(empty.places)))
    model = LogisticRegression(
        C=params["strength"], max_iter=params["iterations"], class_weight="balanced"
    )
    model.fit(table, [intent for _, intent in examples])
    return Classifier(
        labels=tuple(Intent(name) for name in model.classes_),
        places=empty.places,
        rarity=empty.rarity,
        unknown_rarity=empty.unknown_rarity,
        weights=np.ascontiguousarray(model.coef_.T, dtype=np.float32),
        bias=model.intercept_.astype(np.float32),
    )


def _check(examples: Sequence[Example]) -> None:
    counts = Counter(intent for _, intent in examples)
    short = [intent.label for intent in Intent if counts[intent] < FEWEST_EXAMPLES]
    if short:
        raise TooFewExamplesError(f"训练例句不足 {FEWEST_EXAMPLES} 条：{'、'.join(short)}")


def _frame(examples: Sequence[Example]) -> Classifier:
    """Which features there are and how rare they are; it has learned nothing yet."""
    import numpy as np

    seen: Counter[int] = Counter()
    signs: set[int] = set()
    for text, _ in examples:
        features = features_of(text)
        seen.update(features.grams.keys())
        signs.update(features.signs)
    grams = sorted(seen)
    places = {key: place for place, key in enumerate([*grams, *sorted(signs - seen.keys())])}
    total = len(examples)
    rarity = np.ones(len(places), dtype=np.float32)
    for gram in grams:
        rarity[places[gram]] = math.log((1 + total) / (1 + seen[gram])) + 1
    nothing = np.zeros((len(places), 0), dtype=np.float32)
    return Classifier((), places, rarity, math.log(1 + total) + 1, nothing, nothing[0])
