"""What a strategy is: it looks at a text and guesses what is wanted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tickets.models import Intent


@dataclass(frozen=True)
class Context:
    """What a strategy may know beside the text; nothing here tells who the customer is."""

    # What the talk was about so far.
    intent: str = ""


@dataclass(frozen=True)
class Guess:
    """`confidence` is 0 to 1. `detail` is kept with the turn: why, by which model, with which articles."""

    intent: Intent
    confidence: float
    detail: Mapping[str, Any] = field(default_factory=dict)


class Strategy(Protocol):
    """`name` stands in the runtime setting `ai.strategy`."""

    name: str

    def classify(self, text: str, context: Context) -> Guess | None:
        """None: it cannot say. Raises nothing for any text."""
        ...
