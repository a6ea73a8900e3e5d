"""Asking the model, within what is left of the customer's four seconds."""

import time
from dataclasses import replace

from config.logs import get_logger
from tickets.assistant import settings
from tickets.assistant.knowledge.search import articles_for
from tickets.assistant.strategies import registry
from tickets.assistant.strategies.chain import Verdict, tried_row
from tickets.assistant.strategies.llm import client, guard, prompt, reading
from tickets.assistant.strategies.llm.settings import llm

logger = get_logger(__name__)

ARTICLES = 3


def asked_too(text: str, before: Verdict, *, seconds: float) -> Verdict:
    """`before`, and what the model thinks of it; called outside any transaction.

    Raises nothing: a model that is down, slow or talks nonsense leaves `before` as it was.
    """
    started = time.monotonic()
    matches = articles_for(text, public_only=True, limit=ARTICLES)
    guess, why = None, guard.why_not()
    if not why:
        limit = min(float(llm()["timeout_seconds"]), seconds - (time.monotonic() - started))
        guard.spend()
        try:
            written = client.ask(
                prompt.messages(text, [match.article for match in matches]), seconds=limit
            )
        except client.LlmError as error:
            why = str(error)
        else:
            guess = reading.guess_in(written, {match.article.pk for match in matches})
            why = "" if guess else "nonsense"
        if why == "starting":
            pass
        elif why:
            guard.failed()
            logger.warning("llm_no_answer", why=why)
        else:
            guard.succeeded()
    is_sure = guess is not None and guess.confidence >= settings.threshold(registry.LLM)
    row = tried_row(registry.LLM, guess, started, why or ("" if is_sure else "unsure"))
    tried = [*before.tried, row]
    if guess is None or not is_sure:
        return replace(before, wants_llm=False, tried=tried)
    return Verdict(guess, registry.LLM, is_sure=True, tried=tried)
