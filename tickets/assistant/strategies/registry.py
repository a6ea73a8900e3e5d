"""Which strategies there are, by the names that stand in `ai.strategy`."""

from tickets.assistant.strategies.base import Strategy
from tickets.assistant.strategies.local import Local
from tickets.assistant.strategies.rules import Rules

RULES, LOCAL, LLM = "rules", "local", "llm"

# Those that answer at once, inside a transaction. A language model has to be waited for.
_AT_ONCE: dict[str, Strategy] = {RULES: Rules(), LOCAL: Local()}


def at_once(name: str) -> Strategy | None:
    """None for a strategy that has to be waited for."""
    return _AT_ONCE.get(name)
