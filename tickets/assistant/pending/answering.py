"""Answering a turn that was set aside: the model outside the transaction, what follows inside one."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from config.database import clock
from config.logs import get_logger
from tickets.assistant.pending.queue import WAIT
from tickets.assistant.saying import say
from tickets.assistant.strategies.chain import Verdict, decide
from tickets.assistant.strategies.llm.strategy import asked_too
from tickets.assistant.talk.answering import answer
from tickets.assistant.talk.handing_over import hand_over
from tickets.assistant.talk.turn import Outcome, Said, Talk
from tickets.assistant.turns import sources_note, turn_fill
from tickets.chat.entries import registry
from tickets.chat.entries.inbound import is_blocked, is_with_a_person
from tickets.chat.entries.people import address_hold
from tickets.models import Action, AssistantTurn, Chat, TurnStatus

logger = get_logger(__name__)

AT_ONCE = 50


def turn_answer(turn_id: int, *, is_said: bool = True) -> AssistantTurn | None:
    """Asks the model for as long as there is time, then answers; None when somebody else has.

    `is_said`: the answer leaves through the turn's entry.
    """
    turn = AssistantTurn.objects.filter(pk=turn_id, status=TurnStatus.PENDING).first()
    if turn is None:
        return None
    left = (turn.created_at + WAIT - clock.now()).total_seconds()
    verdict = asked_too(turn.text, decide(turn.text), seconds=left) if left > 0 else _known(turn)
    return turn_finish(turn_id, verdict, is_said=is_said)


def answer_overdue(now: datetime | None = None) -> int:
    """Whose model has not answered in time is answered with what is known; returns how many."""
    due = AssistantTurn.objects.filter(
        status=TurnStatus.PENDING, due_at__lte=now or clock.now()
    ).order_by("due_at")
    done = 0
    for turn in list(due[:AT_ONCE]):
        try:
            done += turn_finish(turn.pk, _known(turn)) is not None
        except Exception:
            # The others wait as well; this one gets a person.
            logger.exception("assistant_turn_failed", turn=turn.pk)
            _give_up(turn.pk)
    return done


@transaction.atomic
def turn_finish(
    turn_id: int, verdict: Verdict, *, is_said: bool = True, is_for_a_person: bool = False
) -> AssistantTurn | None:
    """Acts on the verdict, once; nothing is said to who is blocked or has come to a person since."""
    turn = AssistantTurn.objects.filter(pk=turn_id).select_related("session").first()
    if turn is None or turn.session is None or turn.customer is None:
        AssistantTurn.objects.filter(pk=turn_id).update(
            status=TurnStatus.FAILED, error="客户或对话已不存在"
        )
        return None
    session = turn.session
    address_hold(session.entry, session.address, session.entry_account)
    # Anew, now that nobody else can be at it.
    turn = AssistantTurn.objects.select_related("session", "customer").get(pk=turn_id)
    if turn.status != TurnStatus.PENDING or turn.session is None or turn.customer is None:
        return None
    talk = _talk(turn)
    turn_fill(turn, talk, verdict, outcome := _outcome(talk, verdict, is_for_a_person))
    turn.latency_ms = round((clock.now() - turn.created_at).total_seconds() * 1000)
    turn.save()
    talk.session.save()
    sources_note(turn, outcome)
    if is_said:
        say(
            entry=session.entry,
            address=session.address,
            text=turn.reply,
            entry_account=session.entry_account,
        )
    return turn


def _outcome(talk: Talk, verdict: Verdict, is_for_a_person: bool) -> Outcome:
    if is_blocked(talk.customer):
        return Outcome(Action.REPLY)
    if is_with_a_person(talk.customer):
        chat = Chat.objects.filter(customer=talk.customer).order_by("-pk").first()
        return Outcome(Action.HANDOFF, chat=chat)
    if is_for_a_person:
        return hand_over(talk, "助手没能处理")
    return answer(talk, verdict)


def _talk(turn: AssistantTurn) -> Talk:
    session, customer = turn.session, turn.customer
    assert session is not None
    assert customer is not None
    said = Said(
        session.entry,
        session.address,
        turn.text,
        turn.external_id,
        session.entry_account,
        at=turn.created_at,
    )
    return Talk(said, registry.get(session.entry), customer, session, clock.now())


def _known(turn: AssistantTurn) -> Verdict:
    """What the strategies that answer at once made of it; the model came too late."""
    verdict = decide(turn.text)
    row = {"strategy": turn.strategy, "intent": "", "confidence": 0, "ms": 0, "why": "late"}
    return replace(verdict, wants_llm=False, tried=[*verdict.tried, row])


def _give_up(turn_id: int) -> None:
    try:
        turn_finish(turn_id, Verdict(), is_for_a_person=True)
    except Exception as error:
        logger.exception("assistant_turn_lost", turn=turn_id)
        AssistantTurn.objects.filter(pk=turn_id).update(
            status=TurnStatus.FAILED, error=type(error).__name__
        )
