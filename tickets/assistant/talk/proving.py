"""A phone typed in the talk is proved in the talk: a code by SMS, asked for where it was typed.

Slots while it is: `phone` (the number), `code_until` (how long the code that was sent is good),
`asking` (`collecting.CODE`, then `collecting.PROVED`), `proved` until the binding is done.
"""

import hashlib
import re
import unicodedata
from datetime import timedelta

from django.utils.dateparse import parse_datetime

from config.errors import InvalidInputError, TooOftenError
from config.events.publish import enqueue
from customers import phones
from messaging.phone_codes.actions import LIFETIME, code_request, code_try
from messaging.phone_codes.setup import CodesUnavailableError
from tickets.assistant import sessions, settings
from tickets.assistant.bind_links import bind_link
from tickets.assistant.pending.queue import QUEUE
from tickets.assistant.strategies.text import plain
from tickets.assistant.talk import collecting, wording
from tickets.assistant.talk.turn import Outcome, Talk
from tickets.intake.steps import is_skip
from tickets.models import Action, AssistantSession, Intent

TASK = "tickets.tasks.assistant.routing.bind_proved"
_CODE = re.compile(r"(?:我?的?(?:短信|手机)?(?:验证码|校验码|code)?(?:是|为)?[:,]?)(\d+)[.,!。]*")
_AGAIN = re.compile(
    r"(请|再|麻烦)?(重发|重新(发送?|获取)|再发|发送?|获取|没有?收到)(一?[次遍条个])?(短信|验证码)?"
    r"[.,!?。了吧呢啊 ]*|收不到(短信|验证码)?"
)
_OTHER_NUMBER = re.compile(
    r"(我?(要|想)?(换|改|更换|修改)(一?个|下)?(手机)?(号码?|手机)"
    r"|(手机)?号码?(不对|错了|填错了|写错了)|(打|写|填|输)错了)[.,!。了 ]*"
)
_NOT_NOW = frozenset({"不方便", "不绑定", "不想绑定", "先不绑定", "不绑", "不用", "不要", "不验证"})


def send_code(talk: Talk, phone: str) -> Outcome:
    """A code to `phone` (E.164), which may be anybody's; then it is asked for."""
    slots = talk.slots
    if slots.get("phone") != phone:
        slots.pop("code_until", None)
    slots["phone"] = phone
    try:
        code_request(phone=phone, purpose=purpose_of(talk.session), address=_who(talk.session))
    except TooOftenError as error:
        slots["asking"] = collecting.CODE
        return _bind(talk, wording.code_too_often(error.detail, skip=_skip(talk)))
    except CodesUnavailableError:
        return _unproved(talk)
    except InvalidInputError as error:
        slots.pop("phone", None)
        slots["asking"] = collecting.PHONE
        return _bind(talk, f"{error.detail}，请重新回复手机号。")
    slots["asking"] = collecting.CODE
    slots["code_until"] = (talk.now + LIFETIME).isoformat()
    _wait_longer(talk)
    return _bind(talk, wording.code_sent(phones.mask(phone), skip=_skip(talk)))


def answer_phone(talk: Talk) -> Outcome | None:
    """What was said when a phone was asked for; None for something else."""
    if phone := collecting.phone_in(talk.text):
        return send_code(talk, phone)
    if talk.slots.get("phone") and _AGAIN.fullmatch(plain(talk.text)):
        return send_code(talk, talk.slots["phone"])
    return _go_without(talk) if is_not_now(talk.text) else None


def answer_code(talk: Talk) -> Outcome | None:
    """What was said when the code was asked for; None for something else."""
    said = plain(talk.text)
    digits = _digits(talk.text)
    if phone := collecting.phone_in(talk.text):
        return send_code(talk, phone)
    if digits:
        return _try_code(talk, digits)
    if _AGAIN.fullmatch(said):
        return send_code(talk, talk.slots["phone"])
    if _OTHER_NUMBER.fullmatch(said):
        return _ask_phone(talk, wording.OTHER_NUMBER)
    return _go_without(talk) if is_not_now(talk.text) else None


def cancel_code(talk: Talk) -> Outcome:
    """The number is given up, the fault that is being written down is not."""
    if not talk.slots.get("problem"):
        sessions.forget(talk.session)
        return Outcome(Action.REPLY, wording.CANCELLED)
    return _ask_phone(talk, wording.code_cancelled(_link(talk)))


def remind(talk: Talk) -> Outcome:
    """The code is asked for again."""
    return _bind(talk, wording.code_wanted(phones.mask(talk.slots["phone"]), skip=_skip(talk)))


def is_not_now(text: str) -> bool:
    return is_skip(text) or plain(text) in _NOT_NOW


def ask_to_bind(talk: Talk) -> Outcome:
    """Outside a fault: the number in the customer's words, else the question for one."""
    if phone := collecting.phone_in(talk.text):
        return send_code(talk, phone)
    return _ask_phone(talk, wording.ask_bind(_link(talk)))


def _try_code(talk: Talk, digits: str) -> Outcome:
    slots = talk.slots
    if len(digits) != 6:
        return _bind(talk, wording.CODE_SHAPE)
    until = parse_datetime(str(slots.get("code_until") or ""))
    if until is None or until <= talk.now:
        return _bind(talk, wording.code_expired(_link(talk)))
    tried = code_try(phone=slots["phone"], purpose=purpose_of(talk.session), code=digits)
    if not tried.is_right:
        if not tried.left:
            slots.pop("code_until", None)
        return _bind(talk, wording.code_wrong(tried.left, _link(talk)))
    slots["asking"], slots["proved"] = collecting.PROVED, True
    slots.pop("code_until", None)
    _wait_longer(talk)
    # With its own locks in their order: the talk's are not those of a merge.
    enqueue(TASK, [[talk.session.pk, tried.code_id]], queue=QUEUE)
    return _bind(talk, "")


def _go_without(talk: Talk) -> Outcome:
    if not talk.slots.get("problem"):
        sessions.forget(talk.session)
        return Outcome(Action.REPLY, wording.FINE)
    talk.slots["no_phone"] = True
    return collecting.advance(talk)


def _unproved(talk: Talk) -> Outcome:
    """Codes cannot be sent at all: the number stays a note, and nobody waits for it."""
    if talk.slots.get("problem"):
        return _go_without(talk)
    talk.slots.pop("asking", None)
    return _bind(talk, wording.CODES_UNAVAILABLE)


def _ask_phone(talk: Talk, reply: str) -> Outcome:
    for name in ("phone", "code_until"):
        talk.slots.pop(name, None)
    talk.slots["asking"] = collecting.PHONE
    return _bind(talk, reply)


def _bind(talk: Talk, reply: str) -> Outcome:
    intent = Intent.FAULT if talk.slots.get("problem") else Intent.BIND
    return Outcome(Action.BIND, reply, intent)


def _wait_longer(talk: Talk) -> None:
    """The waiting ticket's time counts from the code, which may come late."""
    if talk.slots.get("problem"):
        minutes = settings.assistant()["phone_wait_minutes"]
        talk.slots["ask_until"] = (talk.now + timedelta(minutes=minutes)).isoformat()


def _skip(talk: Talk) -> bool:
    return bool(talk.slots.get("problem"))


def _link(talk: Talk) -> str:
    return bind_link(talk.said.entry, talk.said.address)


def _digits(text: str) -> str:
    """Digits that are meant as a code: `123456`, `123 456`, 验证码是 123456; else empty."""
    found = _CODE.fullmatch(_untouched(text))
    return found[1] if found and len(found[1]) <= 10 else ""


def _untouched(text: str) -> str:
    """Half-width and without spaces; `plain` would take the third of three equal digits."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _who(session: AssistantSession) -> str:
    """Who asks, where a page would tell an IP address."""
    return f"{session.entry}:{session.address}"


def purpose_of(session: AssistantSession) -> str:
    """A code that was asked for in one talk proves nothing in another."""
    where = f"{session.entry}:{session.entry_account}:{session.address}"
    return f"talk:{hashlib.sha256(where.encode()).hexdigest()[:14]}"
