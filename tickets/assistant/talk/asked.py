"""Words that answer a question of ours, or leave it for something else."""

from tickets.assistant.strategies.chain import Verdict
from tickets.assistant.talk import answering, collecting, proving, wording
from tickets.assistant.talk.turn import Outcome, Talk
from tickets.intake.actions import CANCELS
from tickets.intake.choice import chosen_number
from tickets.models import Action, Intent

# What a customer may turn to while a fault is being written down.
_TURNS_TO = frozenset({Intent.PROGRESS, Intent.COMPLAINT, Intent.HUMAN, Intent.BIND})


def answer_to_asked(talk: Talk, verdict: Verdict) -> Outcome | None:
    """None when nothing was asked, or when these words are about something else."""
    if not talk.asking:
        return None
    if talk.text.strip() in CANCELS:
        return _cancelled(talk)
    if talk.asking == answering.CHOICE:
        return _chosen(talk)
    turns_away = verdict.is_sure and verdict.guess is not None and verdict.guess.intent in _TURNS_TO
    if talk.asking in collecting.WAITS_FOR_PHONE:
        return _phone(talk, verdict, turns_away=turns_away)
    return None if turns_away else _fault(talk)


def _cancelled(talk: Talk) -> Outcome:
    if talk.asking == collecting.PROVED:
        return Outcome(Action.BIND, wording.BINDING, Intent.BIND)
    is_code = talk.asking == collecting.CODE
    return proving.cancel_code(talk) if is_code else answering.forget(talk)


def _fault(talk: Talk) -> Outcome:
    if talk.asking == collecting.PRODUCT:
        return collecting.take_product(talk, talk.text)
    collecting.add(talk, talk.text)
    return collecting.advance(talk)


def _chosen(talk: Talk) -> Outcome | None:
    del talk.slots["asking"]
    number = chosen_number(talk.text)
    if number is None or not 1 <= number <= len(answering.CHOICES):
        return None
    talk.session.misses = 0
    return answering.choose(talk, answering.CHOICES[number - 1])


def _phone(talk: Talk, verdict: Verdict, *, turns_away: bool) -> Outcome | None:
    """The number, or its code; else more of the problem, or something else altogether."""
    asking = talk.asking
    if asking == collecting.PHONE and (outcome := proving.answer_phone(talk)):
        return outcome
    if asking == collecting.CODE and (outcome := proving.answer_code(talk)):
        return outcome
    guess = verdict.guess if verdict.is_sure else None
    if asking == collecting.PROVED and guess is not None and guess.intent == Intent.BIND:
        return Outcome(Action.BIND, wording.BINDING, Intent.BIND)
    if turns_away:
        return None
    if not talk.slots.get("problem"):
        return _outside_a_fault(talk, verdict)
    if asking == collecting.PHONE or guess is None or guess.intent != Intent.SMALL_TALK:
        collecting.add(talk, talk.text)
    return collecting.advance(talk)


def _outside_a_fault(talk: Talk, verdict: Verdict) -> Outcome | None:
    """A number was asked for by itself: what is plainly another matter is that."""
    if talk.asking == collecting.CODE and not verdict.is_sure:
        return proving.remind(talk)
    if talk.asking == collecting.PHONE:
        del talk.slots["asking"]
    return None
