"""Where customers' words arrive, from every entry: an agent's chat, a keyword's template, the assistant.

Called by the entries from a callback's own transaction; nothing here waits for a network.
"""

import time
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from config.logs import get_logger
from customers.models import Customer
from messaging.actions.keywords import keyword_push
from tickets.assistant import sessions, settings
from tickets.assistant.heard import Heard
from tickets.assistant.persons import wants_person
from tickets.assistant.strategies.base import Guess
from tickets.assistant.strategies.chain import Verdict
from tickets.assistant.talk import answering
from tickets.assistant.talk.handing_over import written
from tickets.assistant.talk.turn import Outcome, Said, Talk
from tickets.assistant.turns import turn_keep, turn_work
from tickets.chat.assignment.candidates import agents_hold
from tickets.chat.entries import registry
from tickets.chat.entries.base import Act
from tickets.chat.entries.inbound import is_blocked, is_with_a_person, plain_words
from tickets.chat.entries.people import address_hold, customer_known, customer_met
from tickets.models import AssistantTurn, ChatMessage, ChatMessageType, Intent, TurnStatus

logger = get_logger(__name__)


@transaction.atomic
def hear(
    *,
    entry: str,
    address: str,
    content: str,
    external_id: str,
    type: str = ChatMessageType.TEXT,  # noqa: A002 - the field's own name
    data: dict[str, Any] | None = None,
    upload: "UploadedFile[Any] | None" = None,
    entry_account: str = "",
    name: str = "",
    at: datetime | None = None,
) -> Heard:
    """What a customer wrote. `external_id` makes the platform's repetition nothing twice.

    `reply` is what to say now, by whatever way is quickest; empty where an agent reads it, or where
    the answer follows by itself (`saying.say`) once a model has been asked. Raises
    `InvalidInputError` for an entry that nobody registered.
    """
    said = Said(entry, address, content, external_id, entry_account, name, at, type, data, upload)
    return received(said)


@transaction.atomic
def hear_choice(
    *,
    entry: str,
    address: str,
    intent: Intent,
    external_id: str,
    entry_account: str = "",
    name: str = "",
    at: datetime | None = None,
) -> Heard:
    """A menu's button: the customer says plainly what they want, nothing has to be understood."""
    words = f"[{intent.label}]"
    said = Said(entry, address, words, external_id, entry_account, name, at, act=Act.TOUCH)
    return received(said, intent)


def received(said: Said, chosen: Intent | None = None, *, is_awaited: bool = False) -> Heard:
    """`hear`; `is_awaited`: whoever asks answers a turn that is `PENDING` themselves."""
    through = registry.get(said.entry)
    address_hold(said.entry, said.address, said.entry_account)
    if (again := _heard_before(said)) is not None:
        return again
    customer = customer_known(through, said.address, said.entry_account)
    if customer is not None and is_blocked(customer):
        logger.info("customer_blocked", customer=customer.pk, entry=said.entry)
        return Heard(note="客户已拉黑，未受理")
    if (
        not settings.receives(said.entry)
        or said.upload is not None
        or (customer is not None and is_with_a_person(customer))
    ):
        return _to_the_chat(said)
    if customer is None:
        agents_hold()  # before that somebody new is announced
        customer = customer_met(through, said.address, said.name)
    return _assisted(said, customer, chosen, is_awaited=is_awaited)


def _assisted(said: Said, customer: Customer, chosen: Intent | None, *, is_awaited: bool) -> Heard:
    """The assistant's turn; a keyword's template comes before, a wish for a person before that."""
    now = timezone.now()
    through = registry.get(said.entry)
    session = sessions.session_held(
        entry=said.entry,
        entry_account=said.entry_account,
        address=said.address,
        customer=customer,
        now=now,
    )
    said = replace(said, content=plain_words(said.content))
    talk = Talk(said, through, customer, session, now)
    if chosen is None and wants_person(said.content):
        chosen = Intent.HUMAN
    if chosen is not None:
        return _chosen(talk, chosen)
    if not talk.asking and (pushed := _keyword(talk)):
        return Heard(note=pushed)
    return heard(turn_work(talk, is_awaited=is_awaited))


def _chosen(talk: Talk, intent: Intent) -> Heard:
    started = time.monotonic()
    verdict = Verdict(Guess(intent, 1.0), "asked", is_sure=True)
    outcome: Outcome = answering.choose(talk, intent)
    return heard(turn_keep(talk, verdict, outcome, started=started))


def heard(turn: AssistantTurn) -> Heard:
    """What the entry does about a turn."""
    if turn.status == TurnStatus.PENDING:
        return Heard(turn_id=turn.pk, note="助手：正在询问大模型")
    note = f"助手：{turn.get_intent_display() or '未理解'}，{turn.get_action_display()}"
    return Heard(reply=turn.reply, chat_id=turn.chat_id, turn_id=turn.pk, note=note)


def _heard_before(said: Said) -> Heard | None:
    if not said.external_id:
        return None
    known = {"entry": said.entry, "external_id": said.external_id}
    message = ChatMessage.objects.filter(**known).first()
    turn = AssistantTurn.objects.filter(**known).first()
    if message is None and turn is None:
        return None
    return Heard(
        chat_id=message.chat_id if message else None,
        turn_id=turn.pk if turn else None,
        note="重复的消息",
    )


def _to_the_chat(said: Said) -> Heard:
    message = written(said)
    if message is None:
        return Heard(note="客户已拉黑，未受理")
    return Heard(chat_id=message.chat_id, note=f"在线会话 {message.chat_id}")


def _keyword(talk: Talk) -> str:
    """A template that answers one of the words (seed 002)."""
    if not talk.through.channel:
        return ""
    pushed = keyword_push(text=talk.text, addresses={talk.through.channel: talk.said.address})
    return "关键词推送：" + "、".join(one.message_id for one in pushed) if pushed else ""
