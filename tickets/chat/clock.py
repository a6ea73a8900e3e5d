"""When something becomes due in a chat; every act that changes who waits calls `schedule`.

Idle rules bind the customer alone: while it is they who wait for an answer, nothing is warned or
ended. The agent's own deadline is `reply_due_at`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from config.runtime import store
from tickets.models import Chat, ChatStatus

# A warning that comes later than this moves the end that it announces.
LATE = timedelta(seconds=5)


@dataclass(frozen=True)
class IdleRule:
    """Seconds of silence; 0 means never."""

    warn_seconds: int
    end_seconds: int


def idle_rule(entry: str) -> IdleRule:
    own = store.get("chat.idle_by_entry").get(entry)
    if own is not None:
        return IdleRule(own["warn_seconds"], own["end_seconds"])
    return IdleRule(store.get_int("chat.idle_warn_seconds"), store.get_int("chat.idle_end_seconds"))


def reply_due(now: datetime) -> datetime | None:
    """Until when whoever gets a waiting customer now has to answer."""
    seconds = store.get_int("chat.first_reply_seconds")
    return now + timedelta(seconds=seconds) if seconds else None


def idle_warn_at(chat: Chat) -> datetime | None:
    """None where the rule ends without a word, or not before it would warn."""
    rule = idle_rule(chat.entry)
    if rule.end_seconds and rule.warn_seconds >= rule.end_seconds:
        return None
    return _after_silence(chat, rule.warn_seconds)


def idle_end_at(chat: Chat) -> datetime | None:
    """Never before the customer has been warned, and has had the time that a warning promises."""
    end_at, warn_at = _after_silence(chat, idle_rule(chat.entry).end_seconds), idle_warn_at(chat)
    if end_at is None or warn_at is None:
        return end_at
    warned_at = chat.idle_warned_at
    if warned_at is None or warned_at - warn_at <= LATE:
        return end_at
    return warned_at + (end_at - warn_at)


def next_check(chat: Chat) -> datetime | None:
    if chat.status != ChatStatus.ACTIVE:
        return None
    warn_at = None if chat.idle_warned_at else idle_warn_at(chat)
    due = [moment for moment in (chat.reply_due_at, warn_at, idle_end_at(chat)) if moment]
    return min(due, default=None)


def schedule(chat: Chat) -> None:
    """Sets `check_at`; the caller saves."""
    chat.check_at = next_check(chat)


def _after_silence(chat: Chat, seconds: int) -> datetime | None:
    if not seconds or chat.waiting_since is not None or chat.last_message_at is None:
        return None
    return chat.last_message_at + timedelta(seconds=seconds)
