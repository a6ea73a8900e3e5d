"""A customer has bound their phone: the ticket that waited for it is made, and they are told.

Also what becomes of those who never do: after a while their ticket is made all the same.
"""

import time
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from config.errors import ConflictError, NotAllowedError
from config.events.subscribers import first_time
from config.logs import get_logger
from customers.models import Customer, CustomerStatus
from messaging.phone_codes.actions import number_of
from tickets.assistant.saying import say
from tickets.assistant.strategies.base import Guess
from tickets.assistant.strategies.chain import Verdict
from tickets.assistant.talk import collecting, wording
from tickets.assistant.talk.proving import purpose_of
from tickets.assistant.talk.turn import Outcome, Said, Talk
from tickets.assistant.turns import turn_keep
from tickets.chat.entries import registry
from tickets.chat.entries.binding import address_bind
from tickets.chat.entries.people import address_hold, customer_known
from tickets.models import Action, AssistantSession, Intent

logger = get_logger(__name__)

SAID = "[已绑定手机]"
AT_ONCE = 100


@transaction.atomic
def bound(envelope: dict[str, Any]) -> None:
    """Hears `customer.bound` {customer_id, was_customer_id, entry, address}."""
    if not first_time("tickets.assistant", envelope):
        return
    data = envelope["data"]
    entry, address = str(data.get("entry") or ""), str(data.get("address") or "")
    if not address or entry not in registry.codes() or registry.get(entry).is_ours:
        return
    account = _account_of(entry, address)
    address_hold(entry, address, account)
    customer = (
        Customer.objects.filter(pk=data["customer_id"])
        .exclude(status=CustomerStatus.DELETED)
        .first()
    )
    if customer is None or customer.is_blocked:
        return
    session = AssistantSession.objects.filter(
        entry=entry, entry_account=account, address=address
    ).first()
    reply = wording.BOUND
    if session is not None:
        session.customer = customer
        talk = _talk(session, customer, SAID)
        outcome = _goes_on(talk)
        verdict = Verdict(Guess(Intent.BIND, 1.0), "asked", is_sure=True)
        turn_keep(talk, verdict, outcome, started=time.monotonic())
        reply = outcome.reply
    say(entry=entry, address=address, text=reply, entry_account=account)


def _goes_on(talk: Talk) -> Outcome:
    """The fault that was being written down, else what can be done now."""
    if talk.asking not in collecting.WAITS_FOR_PHONE or not talk.slots.get("problem"):
        if talk.asking in collecting.WAITS_FOR_PHONE:
            del talk.slots["asking"]
        for name in ("phone", "proved"):
            talk.slots.pop(name, None)
        return Outcome(Action.BIND, wording.BOUND, Intent.BIND)
    # Proved, though perhaps not noted with them yet: a person may have to decide who they are.
    talk.slots["no_phone"] = True
    for name in ("phone", "proved"):
        talk.slots.pop(name, None)
    outcome = collecting.advance(talk)
    outcome.reply = f"{wording.BOUND_SHORT}\n{outcome.reply}"
    return outcome


def make_waiting_tickets(now: datetime | None = None) -> int:
    """Of those who were asked for a phone and never gave it; returns how many."""
    now = now or timezone.now()
    # Those who were asked longest ago are due first; a session without a customer is nobody's.
    waiting = AssistantSession.objects.filter(
        # Who is asked for a number by itself has no ticket that waits.
        slots__asking__in=collecting.WAITS_FOR_PHONE,
        slots__has_key="ask_until",
        customer__isnull=False,
    ).order_by("updated_at")
    made = 0
    for session in list(waiting[:AT_ONCE]):
        until = parse_datetime(str(session.slots.get("ask_until") or ""))
        if until is None or until > now:
            continue
        try:
            made += _waiting_ticket(session.pk)
        except Exception:
            logger.exception("assistant_ticket_failed", session=session.pk)
    return made


def _held(session_id: int) -> AssistantSession:
    """The session as it is once nobody else may speak at its address; for the caller's transaction."""
    session = AssistantSession.objects.get(pk=session_id)
    address_hold(session.entry, session.address, session.entry_account)
    return AssistantSession.objects.select_related("customer").get(pk=session_id)


def _kept_and_said(session: AssistantSession, talk: Talk, outcome: Outcome, intent: Intent) -> None:
    verdict = Verdict(Guess(intent, 1.0), "asked", is_sure=True)
    turn_keep(talk, verdict, outcome, started=time.monotonic())
    say(
        entry=session.entry,
        address=session.address,
        text=outcome.reply,
        entry_account=session.entry_account,
    )


@transaction.atomic
def _waiting_ticket(session_id: int) -> bool:
    session = _held(session_id)
    asking = session.slots.get("asking")
    if session.customer is None or asking not in collecting.WAITS_FOR_PHONE:
        return False
    talk = _talk(session, session.customer, "[未绑定手机]")
    talk.slots["no_phone"] = True
    outcome = collecting.advance(talk)
    _kept_and_said(session, talk, outcome, Intent.FAULT)
    return True


def bind_proved(session_id: int, code_id: int) -> None:
    """The number whose code was right in the talk becomes theirs; `bound` hears of it and goes on.

    What speaks against it they are told, and a fault that waited becomes its ticket all the same.
    """
    session = AssistantSession.objects.filter(pk=session_id).first()
    phone = number_of(code_id, purpose=purpose_of(session)) if session is not None else ""
    if session is None or not phone:
        return
    through = registry.get(session.entry)
    known = customer_known(through, session.address, session.entry_account)
    if known is not None and known.phone == phone:
        return  # asked twice
    try:
        address_bind(
            entry=session.entry,
            address=session.address,
            account=session.entry_account,
            phone=phone,
        )
    except NotAllowedError:
        return  # blocked: nothing is said
    except ConflictError as error:
        _tell_refusal(session_id, error.detail)


@transaction.atomic
def _tell_refusal(session_id: int, why: str) -> None:
    session = _held(session_id)
    if session.customer is None:
        return
    talk = _talk(session, session.customer, "[验证码正确]")
    outcome = Outcome(Action.BIND, wording.not_bound(why), Intent.BIND)
    if talk.slots.pop("proved", None):
        talk.slots.pop("asking", None)
        if talk.slots.get("problem"):
            talk.slots["no_phone"] = True
            outcome = collecting.advance(talk)
            outcome.reply = f"{why}。\n{outcome.reply}"
    _kept_and_said(session, talk, outcome, Intent.BIND)


def _talk(session: AssistantSession, customer: Customer, words: str) -> Talk:
    said = Said(session.entry, session.address, words, "", session.entry_account)
    return Talk(said, registry.get(session.entry), customer, session, timezone.now())


def _account_of(entry: str, address: str) -> str:
    """Through which of the entry's accounts they wrote last."""
    latest = AssistantSession.objects.filter(entry=entry, address=address).order_by("-updated_at")
    return latest.values_list("entry_account", flat=True).first() or ""
