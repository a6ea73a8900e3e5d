"""A classifier's word as a strategy's guess."""

from typing import Any

from tickets.assistant.learning.classifier import Classifier
from tickets.assistant.strategies.base import Guess


def best(classifier: Classifier, text: str, **detail: Any) -> Guess | None:
    """None where nothing of the text is known. `detail` names the second choice too."""
    ranked = classifier.confidences(text)
    if not ranked:
        return None
    (intent, confidence), (second, doubt) = ranked[:2]
    return Guess(intent, confidence, {**detail, "second": second.value, "doubt": doubt})
