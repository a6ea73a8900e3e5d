"""A turn from its words to its row: who is asked, what came of it, how long it took."""

import time
from typing import Any

from tickets.assistant.knowledge.hits import hit_note
from tickets.assistant.learning import shadow
from tickets.assistant.pending import queue
from tickets.assistant.strategies import registry
from tickets.assistant.strategies.base import Context
from tickets.assistant.strategies.chain import Verdict, decide
from tickets.assistant.strategies.llm import guard
from tickets.assistant.talk.answering import answer
from tickets.assistant.talk.asked import answer_to_asked
from tickets.assistant.talk.knowing import is_known
from tickets.assistant.talk.turn import Outcome, Talk
from tickets.models import AssistantTurn, Intent, TurnStatus


def turn_work(talk: Talk, *, is_awaited: bool = False) -> AssistantTurn:
    """What the customer said, understood and acted on; the caller holds the address.

    Where only a language model can say, the turn is `PENDING` and answered by a task of its own,
    or by the caller (`is_awaited`).
    """
    started = time.monotonic()
    verdict = decide(talk.text, Context(intent=talk.session.intent))
    outcome = answer_to_asked(talk, verdict)
    if outcome is None and _is_for_the_model(talk, verdict):
        return queue.turn_wait(_turn(talk, verdict), strategy=registry.LLM, is_awaited=is_awaited)
    if outcome is None:
        outcome = answer(talk, verdict)
    return turn_keep(talk, verdict, outcome, started=started)


def _is_for_the_model(talk: Talk, verdict: Verdict) -> bool:
    """Nobody was sure, no article answers, and a model may be asked now."""
    if verdict.is_sure or not verdict.wants_llm or guard.why_not():
        return False
    return not is_known(talk.text)


def turn_keep(talk: Talk, verdict: Verdict, outcome: Outcome, *, started: float) -> AssistantTurn:
    """The turn's row, and its session as it is now."""
    turn = _turn(talk, verdict)
    turn_fill(turn, talk, verdict, outcome)
    turn.latency_ms = round((time.monotonic() - started) * 1000)
    turn.save()
    talk.session.turn_count += 1
    talk.session.save()
    sources_note(turn, outcome)
    return turn


def sources_note(turn: AssistantTurn, outcome: Outcome) -> None:
    for source in outcome.sources:
        hit_note(source.article, turn, None, source.score)


def _turn(talk: Talk, verdict: Verdict) -> AssistantTurn:
    return AssistantTurn(
        session=talk.session,
        customer=talk.customer,
        entry=talk.said.entry,
        external_id=talk.said.external_id,
        text=talk.text,
        tried=verdict.tried,
        created_at=talk.now,
    )


def turn_fill(turn: AssistantTurn, talk: Talk, verdict: Verdict, outcome: Outcome) -> None:
    """What was understood and done."""
    guess = verdict.guess
    intent = outcome.intent or (guess.intent if guess else None)
    turn.status = TurnStatus.ANSWERED
    turn.intent = intent or ""
    turn.confidence = guess.confidence if guess else 0
    turn.strategy = verdict.strategy
    turn.tried = verdict.tried
    turn.model_version = _model_version(verdict)
    shadow.compare(turn)
    turn.action, turn.reply = outcome.action, outcome.reply
    turn.sources = [source.article.pk for source in outcome.sources]
    turn.ticket, turn.chat = outcome.ticket, outcome.chat
    if intent and intent not in (Intent.SMALL_TALK, Intent.OTHER) and not outcome.chat:
        talk.session.intent = intent


def _model_version(verdict: Verdict) -> int | None:
    version: Any = verdict.guess.detail.get("version") if verdict.guess else None
    return version if isinstance(version, int) else None
