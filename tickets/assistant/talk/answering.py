"""What is done about an intent. The assistant has these acts and no others."""

import re
from collections.abc import Callable

from customers import phones
from tickets.assistant import sessions, settings
from tickets.assistant.strategies.chain import Verdict
from tickets.assistant.strategies.text import plain
from tickets.assistant.talk import collecting, knowing, proving, wording
from tickets.assistant.talk.handing_over import hand_over
from tickets.assistant.talk.progress import tell_progress
from tickets.assistant.talk.turn import Outcome, Talk
from tickets.models import Action, Intent

CHOICE = "choice"
CHOICES = (Intent.FAULT, Intent.PROGRESS, Intent.PRESALE, Intent.BIND, Intent.HUMAN)
# Questions that an article may answer.
_ASKS = frozenset({Intent.PRESALE, Intent.OTHER})
_THANKS = re.compile(r"谢|感谢|辛苦|thx|thank|唔该")
_BYE = re.compile(r"再见|拜拜|\bbye\b|晚安|回见")
_FINE = re.compile(
    r"(好的?|ok+|okay|嗯+|恩+|哦+|行|可以|收到|知道了|明白了?|没事了?|没有了|不用了|是的)\W*"
)


def answer(talk: Talk, verdict: Verdict) -> Outcome:
    """What comes of a verdict: an act if it is sure, else an article, a question back, a person."""
    guess = verdict.guess if verdict.is_sure else None
    outcome = None
    if guess is not None and (ids := guess.detail.get("article_ids")):
        outcome = knowing.from_chosen(talk, ids, guess.intent)
    if outcome is None and (guess is None or guess.intent in _ASKS):
        outcome = knowing.from_knowledge(talk, guess.intent if guess else None)
    if outcome is None:
        if guess is None or guess.intent in _ASKS:
            knowing.note_gap(talk)
        outcome = act(talk, guess.intent) if guess is not None else not_understood(talk)
    if not outcome.is_miss:
        talk.session.misses = 0
    return outcome


def act(talk: Talk, intent: Intent) -> Outcome:
    """What is done for who plainly wants `intent`."""
    return _ACTS.get(intent, not_understood)(talk)


def _person(talk: Talk) -> Outcome:
    return hand_over(talk, "客户要求人工", intent=Intent.HUMAN)


def _complaint(talk: Talk) -> Outcome:
    return hand_over(talk, "客户投诉，请优先处理", intent=Intent.COMPLAINT, is_complaint=True)


def _presale(talk: Talk) -> Outcome:
    return hand_over(talk, "售前咨询", intent=Intent.PRESALE)


def bind(talk: Talk) -> Outcome:
    if not talk.customer.phone:
        return proving.ask_to_bind(talk)
    reply = wording.bound(phones.mask(talk.customer.phone))
    return Outcome(Action.BIND, reply, Intent.BIND)


def not_understood(talk: Talk) -> Outcome:
    """Asked back; after so many in a row (`ai.assistant.misses`) a person reads it."""
    session = talk.session
    session.misses += 1
    if session.misses >= settings.assistant()["misses"]:
        return hand_over(talk, f"连续 {session.misses} 次没有听懂")
    session.slots["asking"] = CHOICE
    return Outcome(Action.REPLY, wording.UNCLEAR, is_miss=True)


def forget(talk: Talk) -> Outcome:
    sessions.forget(talk.session)
    return Outcome(Action.REPLY, wording.CANCELLED)


def _pleasantry(text: str) -> str:
    said = plain(text)
    if _THANKS.search(said):
        return wording.THANKS
    if _BYE.search(said):
        return wording.BYE
    return wording.FINE if _FINE.fullmatch(said) else wording.HELLO


def choose(talk: Talk, intent: Intent) -> Outcome:
    """A menu's button or a number: the intent is certain, its words are not the customer's own."""
    if intent == Intent.FAULT:
        talk.session.intent = Intent.FAULT
        return collecting.advance(talk)
    if intent == Intent.PRESALE:
        return Outcome(Action.REPLY, wording.ASK_PRESALE, intent)
    if intent == Intent.PROGRESS:
        return tell_progress(talk, is_chosen=True)
    return act(talk, intent)


def _small_talk(talk: Talk) -> Outcome:
    return Outcome(Action.REPLY, _pleasantry(talk.text), Intent.SMALL_TALK)


_ACTS: dict[Intent, Callable[[Talk], Outcome]] = {
    Intent.HUMAN: _person,
    Intent.COMPLAINT: _complaint,
    Intent.FAULT: collecting.report,
    Intent.PROGRESS: tell_progress,
    Intent.BIND: bind,
    Intent.SMALL_TALK: _small_talk,
    Intent.PRESALE: _presale,
}
