"""A linear model over `features`: reading and writing it, and asking it. Needs numpy alone."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from tickets.assistant.learning.features import Features, features_of
from tickets.models import Intent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Of the archive; another means the weights are another code's.
FORMAT = 1


class UnreadableModelError(Exception):
    """The archive is damaged, or of a format that this code does not know."""


@dataclass(frozen=True)
class Classifier:
    """`rarity` is an n-gram's weight; `unknown_rarity` counts for what no example had.

    A text of which little is known thus gets small values, and a small confidence.
    """

    labels: tuple[Intent, ...]
    places: dict[int, int]
    rarity: "NDArray[np.float32]"
    unknown_rarity: float
    weights: "NDArray[np.float32]"
    bias: "NDArray[np.float32]"

    def values(self, features: Features) -> dict[int, float]:
        """Place in `weights` → value."""
        known: dict[int, float] = {}
        square = 0.0
        for gram, count in features.grams.items():
            place = self.places.get(gram)
            rarity = self.unknown_rarity if place is None else float(self.rarity[place])
            value = (1 + math.log(count)) * rarity
            square += value * value
            if place is not None:
                known[place] = value
        length = math.sqrt(square) or 1.0
        found = {place: value / length for place, value in known.items()}
        for sign, value in features.signs.items():
            place = self.places.get(sign)
            if place is not None:
                found[place] = value
        return found

    def confidences(self, text: str) -> list[tuple[Intent, float]]:
        """Every intent, the likeliest first; they add up to 1. Empty: nothing of the text is known."""
        import numpy as np

        values = self.values(features_of(text))
        if not values:
            return []
        places = list(values)
        amounts = np.fromiter(values.values(), dtype=np.float32)
        scores = self.bias + amounts @ self.weights[places]
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        ranked = sorted(zip(self.labels, shares.tolist(), strict=True), key=lambda item: -item[1])
        return [(intent, round(share, 4)) for intent, share in ranked]

    def to_bytes(self) -> bytes:
        import numpy as np

        archive = io.BytesIO()
        np.savez_compressed(
            archive,
            format=np.array([FORMAT]),
            labels=np.array([label.value for label in self.labels]),
            keys=np.fromiter(self.places, dtype=np.uint32, count=len(self.places)),
            rarity=self.rarity,
            unknown_rarity=np.array([self.unknown_rarity]),
            weights=self.weights,
            bias=self.bias,
        )
        return archive.getvalue()


def read(archive: bytes) -> Classifier:
    """Raises `UnreadableModelError`; nothing of the archive is ever executed."""
    import numpy as np

    try:
        with np.load(io.BytesIO(archive), allow_pickle=False) as parts:
            if int(parts["format"][0]) != FORMAT:
                raise UnreadableModelError(f"format {parts['format'][0]}")
            return Classifier(
                labels=_labels(parts["labels"].tolist()),
                places={int(key): place for place, key in enumerate(parts["keys"])},
                rarity=parts["rarity"],
                unknown_rarity=float(parts["unknown_rarity"][0]),
                weights=parts["weights"],
                bias=parts["bias"],
            )
    except (ValueError, KeyError, OSError, EOFError, IndexError, BadZipFile) as error:
        raise UnreadableModelError(str(error)) from error


def _labels(names: Sequence[str]) -> tuple[Intent, ...]:
    return tuple(Intent(name) for name in names)
