"""A fault: what a ticket needs is asked for, one thing at a time, and then it is made.

What is known lies in the session's `slots`: `problem`, `product`, `priority`, `phone` (typed, proves
nothing until its code is, `talk.proving`), `asking` (what was asked last), `no_phone` (they would
rather not).
"""

import re
from datetime import timedelta

from config.errors import InvalidInputError
from customers import phones
from tickets.actions import ticket_create
from tickets.assistant import sessions, settings
from tickets.assistant.bind_links import bind_link
from tickets.assistant.strategies.text import plain
from tickets.assistant.talk import wording
from tickets.assistant.talk.turn import Outcome, Talk
from tickets.assistant.urgency import priority_of
from tickets.customer_side.links import Audience, ticket_url
from tickets.intake.choice import chosen_number
from tickets.intake.steps import PRODUCT_LENGTH, is_skip, products_of
from tickets.models import Action, Intent, Priority, Ticket

WHAT, PRODUCT, PHONE = "what", "product", "phone"
# The phone's code is asked for; it was right, and the binding is under way.
CODE, PROVED = "code", "proved"
WAITS_FOR_PHONE = (PHONE, CODE, PROVED)
PROBLEM_LENGTH = 5000
_RANKS = list(Priority)
# Says that something is wrong, and not what.
_VAGUE = re.compile(
    r"(你好|您好|在吗|请问|麻烦)?[,.! ]*(我|我们|这边)?(想|要|需要|有个?|出)?(了)?(个)?"
    r"(报修|报障|维修|修理?|故障|问题|提交问题|反馈问题|售后|坏了|用不了|不能用|出问题|不好使|求助|help|bug)+"
    r"(一下|了|啊|呀|啦|吗)*[,.!?~。 ]*(很急|急|紧急|加急)*[,.!?~。 ]*"
)
_PHONE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[\- ]?)?1[3-9](?:[\- ]?\d){9}(?!\d)")


def report(talk: Talk) -> Outcome:
    """A fault in the customer's own words."""
    slots = talk.slots
    slots["priority"] = _higher(slots.get("priority", ""), priority_of(talk.text))
    if not _VAGUE.fullmatch(plain(talk.text)):
        add(talk, talk.text)
    talk.session.intent = Intent.FAULT
    return advance(talk)


def add(talk: Talk, words: str) -> None:
    """More of the problem: everything that is said of it belongs to the ticket."""
    known = talk.slots.get("problem", "")
    talk.slots["problem"] = f"{known}\n{words}".strip()[:PROBLEM_LENGTH]
    talk.slots["priority"] = _higher(talk.slots.get("priority", ""), priority_of(words))
    if phone := phone_in(words):
        talk.slots["phone"] = phone


def take_product(talk: Talk, text: str) -> Outcome:
    """Answers which product it is. Raises nothing: what is no choice is a product's name."""
    names = products_of(talk.customer.pk, talk.actor)
    number = chosen_number(text)
    if number is not None and 1 <= number <= len(names):
        talk.slots["product"] = names[number - 1]
    else:
        talk.slots["product"] = "" if is_skip(text) else text.strip()[:PRODUCT_LENGTH]
    return advance(talk)


def advance(talk: Talk) -> Outcome:
    """Asks for what is missing next, or makes the ticket."""
    slots = talk.slots
    is_urgent = slots.get("priority") == Priority.URGENT
    if not slots.get("problem"):
        return _ask(talk, WHAT, wording.ASK_WHAT)
    if "product" not in slots:
        names = products_of(talk.customer.pk, talk.actor)
        named = [name for name in names if name and name.lower() in slots["problem"].lower()]
        if named or len(names) == 1:
            slots["product"] = (named or names)[0]
        elif len(names) > 1 and not is_urgent:
            return _ask(talk, PRODUCT, wording.ask_product(names))
    if not talk.customer.phone and not slots.get("no_phone"):
        slots["ask_until"] = (
            talk.now + timedelta(minutes=settings.assistant()["phone_wait_minutes"])
        ).isoformat()
        if slots.get("proved"):
            return _ask(talk, PROVED, wording.BINDING)
        if talk.asking == CODE:
            return _ask(talk, CODE, wording.code_wanted(phones.mask(slots["phone"]), skip=True))
        link = bind_link(talk.said.entry, talk.said.address)
        return _ask(talk, PHONE, wording.ask_phone(link, is_urgent=is_urgent))
    ticket = make_ticket(talk)
    reply = wording.created(ticket, ticket_url(ticket, Audience.CUSTOMER))
    return Outcome(Action.CREATE_TICKET, reply, Intent.FAULT, ticket=ticket)


def make_ticket(talk: Talk) -> Ticket:
    """The ticket of what was collected, which is forgotten then."""
    slots = talk.slots
    phone = slots.get("phone", "")
    contact = f"\n联系电话：{phones.display(phone)}（客户所留，未验证）" if phone else ""
    ticket = ticket_create(
        customer=talk.customer,
        description=slots["problem"] + contact,
        actor=talk.actor,
        product=slots.get("product", ""),
        priority=slots.get("priority") or Priority.NORMAL,
    )
    sessions.forget(talk.session)
    return ticket


def phone_in(text: str) -> str:
    """The mobile number in somebody's words, in E.164; empty without one."""
    found = _PHONE.search(text)
    if found is None:
        return ""
    try:
        return phones.normalize(found[0])
    except InvalidInputError:
        return ""


def _ask(talk: Talk, what: str, reply: str) -> Outcome:
    talk.slots["asking"] = what
    action = Action.BIND if what in WAITS_FOR_PHONE else Action.REPLY
    return Outcome(action, reply, Intent.FAULT)


def _higher(one: str, other: str) -> str:
    return max(one or Priority.LOW, other, key=lambda value: _RANKS.index(Priority(value)))
