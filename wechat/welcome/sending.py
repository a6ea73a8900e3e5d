"""One attempt to greet, and what its answer means; `due.py` starts the next one.

An attempt is taken by comparing its number, so a task that comes twice acts once. A repetition after
a silent attempt does no harm: the platform takes a code once, and 41051 then says that it has.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F

from config.database import clock
from config.logs import get_logger
from wechat.client.blocking import BlockingClient, PlatformRefusal
from wechat.models import Welcome, WelcomeStatus
from wechat.welcome import wishes
from wechat.welcome.texts import text_for

logger = get_logger(__name__)

CALL_SECONDS = 4.0
RETRY = timedelta(seconds=1)
DELIVERED = 41051
LATE_WORDS = "超过 20 秒没有发出，平台不再接受"
# The name that the platform has for somebody; empty when it does not say.
AskName = Callable[[str], str]


@dataclass(frozen=True)
class Kind:
    """`words` finds the text, empty for none; `say` is the platform's call with code and text."""

    words: Callable[[Welcome, AskName], str]
    say: Callable[[BlockingClient, Welcome, str], None]


def say_to_contact(client: BlockingClient, welcome: Welcome, text: str) -> None:
    """`externalcontact/send_welcome_msg` (wechat-protocol.md §4.5)."""
    body = {"welcome_code": welcome.code, "text": {"content": text}}
    client.post("externalcontact/send_welcome_msg", body)


_kinds: dict[str, Kind] = {wishes.CONTACT: Kind(text_for, say_to_contact)}


def register_kind(name: str, kind: Kind) -> None:
    """Called from `ready()`: how other greetings are said."""
    _kinds[name] = kind


def welcome_send(welcome_id: int, attempt: int) -> None:
    """Says it, unless that was done, somebody else does, or its time is over. Not in a transaction."""
    welcome = _take(welcome_id, attempt)
    if welcome is None:
        return
    with BlockingClient(seconds=CALL_SECONDS) as client:
        kind = _kinds[welcome.kind]
        text = kind.words(welcome, lambda userid: _name_of(client, userid))
        if not text:
            _close(welcome, WelcomeStatus.SKIPPED, "没有设置欢迎语")
            return
        try:
            kind.say(client, welcome, text)
        except PlatformRefusal as refusal:
            _refused(welcome, refusal)
            return
    now = clock.now()
    # A repeated attempt may have written that the code was used already: by this one.
    Welcome.objects.filter(pk=welcome.pk).update(
        status=WelcomeStatus.SENT, text=text, error="", sent_at=now
    )


def _take(welcome_id: int, attempt: int) -> Welcome | None:
    now = clock.now()
    mine = Welcome.objects.filter(pk=welcome_id, status=WelcomeStatus.PENDING, attempts=attempt)
    if mine.filter(expires_at__lte=now).update(status=WelcomeStatus.LATE, error=LATE_WORDS):
        return None
    if not mine.update(attempts=F("attempts") + 1, due_at=now + wishes.LOST):
        return None
    return Welcome.objects.filter(pk=welcome_id).first()


def _refused(welcome: Welcome, refusal: PlatformRefusal) -> None:
    logger.warning("welcome_refused", welcome=welcome.pk, code=refusal.result.code)
    words = f"{refusal.result.detail}（{refusal.result.code}）"[:200]
    if refusal.errcode == DELIVERED:
        if welcome.attempts > 1:
            # An attempt of ours that got no answer had arrived after all.
            _close(welcome, WelcomeStatus.SENT, "")
        else:
            _close(welcome, WelcomeStatus.SKIPPED, words)
    elif refusal.is_permanent:
        _close(welcome, WelcomeStatus.FAILED, words)
    else:
        Welcome.objects.filter(pk=welcome.pk, status=WelcomeStatus.PENDING).update(
            error=words, due_at=clock.now() + RETRY
        )


def _close(welcome: Welcome, status: WelcomeStatus, words: str) -> None:
    sent_at = clock.now() if status == WelcomeStatus.SENT else None
    Welcome.objects.filter(pk=welcome.pk, status=WelcomeStatus.PENDING).update(
        status=status, error=words, sent_at=sent_at
    )


def _name_of(client: BlockingClient, external_userid: str) -> str:
    """The nickname of somebody whom the sync has not read yet."""
    try:
        answer = client.get("externalcontact/get", external_userid=external_userid)
    except PlatformRefusal:
        return ""
    contact = answer.get("external_contact")
    name = contact.get("name") if isinstance(contact, dict) else ""
    return name.strip()[:100] if isinstance(name, str) else ""
