"""The model that was trained from the examples (`tickets.assistant.learning`)."""

from tickets.assistant.learning import active
from tickets.assistant.strategies.base import Context, Guess


class Local:
    name = "local"

    def classify(self, text: str, context: Context) -> Guess | None:
        return active.classify(text)
