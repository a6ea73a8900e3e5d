"""The strategies one after the other, until one is sure enough (runtime setting `ai.strategy`)."""

import time
from dataclasses import dataclass, field
from typing import Any

from config.logs import get_logger
from tickets.assistant import settings
from tickets.assistant.strategies import registry
from tickets.assistant.strategies.base import Context, Guess

logger = get_logger(__name__)


@dataclass(frozen=True)
class Verdict:
    """`guess` is the sure one, else the best of those that were not; `tried` is kept with the turn."""

    guess: Guess | None = None
    strategy: str = ""
    is_sure: bool = False
    # A language model stands next in the chain, and nobody before it was sure.
    wants_llm: bool = False
    tried: list[dict[str, Any]] = field(default_factory=list)


def decide(text: str, context: Context | None = None) -> Verdict:
    """What the strategies that answer at once make of it: milliseconds, no network."""
    context = context or Context()
    tried: list[dict[str, Any]] = []
    best: tuple[float, str, Guess] | None = None
    for name in settings.chain():
        strategy = registry.at_once(name)
        if strategy is None:
            return _unsure(best, tried, wants_llm=True)
        started = time.monotonic()
        try:
            guess = strategy.classify(text, context)
        except Exception:
            # A broken model must not cost a customer their answer.
            logger.exception("strategy_failed", strategy=name)
            guess, why = None, "failed"
        else:
            why = "" if guess else "nothing"
        needed = settings.threshold(name)
        is_sure = guess is not None and guess.confidence >= needed
        tried.append(tried_row(name, guess, started, why or ("" if is_sure else "unsure")))
        if guess is not None and is_sure:
            return Verdict(guess, name, is_sure=True, tried=tried)
        if guess is not None and (best is None or guess.confidence > best[0]):
            best = (guess.confidence, name, guess)
    return _unsure(best, tried, wants_llm=False)


def tried_row(name: str, guess: Guess | None, started: float, why: str) -> dict[str, Any]:
    """As `AssistantTurn.tried` keeps it; `why` it was not taken."""
    return {
        "strategy": name,
        "intent": guess.intent.value if guess else "",
        "confidence": guess.confidence if guess else 0,
        "ms": round((time.monotonic() - started) * 1000),
        "why": why,
        **({"detail": dict(guess.detail)} if guess and guess.detail else {}),
    }


def _unsure(
    best: tuple[float, str, Guess] | None, tried: list[dict[str, Any]], *, wants_llm: bool
) -> Verdict:
    if best is None:
        return Verdict(wants_llm=wants_llm, tried=tried)
    return Verdict(best[2], best[1], wants_llm=wants_llm, tried=tried)
