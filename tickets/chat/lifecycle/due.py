"""Chats in which something has become due: warned, ended, or passed on because nobody answers.

Any number of processes may look at once: each chat is worked by whoever holds its row, and what is
due is judged anew then, by the settings of now. `check_at` only says when to look.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import connection, transaction

from config.database import clock as database_clock
from config.logs import get_logger
from config.runtime import store
from customers.actors import system_actor
from tickets.chat import clock, trail
from tickets.chat.lifecycle import ending
from tickets.chat.lifecycle.unanswered import pass_on_unanswered
from tickets.chat.messages.writing import notice
from tickets.models import Chat, ChatEventKind, ChatStatus, EndedBy

logger = get_logger(__name__)

BATCH = 200
# One that cannot be worked must not keep the others waiting.
SET_ASIDE = timedelta(seconds=30)
_RULES = ("chat.idle_warn_seconds", "chat.idle_end_seconds", "chat.idle_by_entry")
_RULES_KEY = "chat.idle_rules"


def work_due(now: datetime | None = None) -> int:
    """Works up to `BATCH` chats whose time has come, the longest due first; returns how many."""
    reschedule_if_rules_changed()
    moment = now or database_clock.now()
    due = Chat.objects.filter(check_at__lte=moment).order_by("check_at")
    return sum(_work(pk, moment) for pk in list(due.values_list("pk", flat=True)[:BATCH]))


def reschedule_if_rules_changed() -> int:
    """After a change of the idle rules every active chat is due by the new ones; how many moved."""
    rules = repr([store.get(name) for name in _RULES])
    if cache.get(_RULES_KEY) == rules:
        return 0
    moved = reschedule(Chat.objects.filter(status=ChatStatus.ACTIVE).iterator(chunk_size=500))
    cache.set(_RULES_KEY, rules, None)
    return moved


def reschedule(chats: Iterable[Chat]) -> int:
    """Sets `check_at` anew where it is another; a chat that changes meanwhile sets its own."""
    moved = 0
    for chat in chats:
        check_at = clock.next_check(chat)
        if check_at != chat.check_at:
            same = Chat.objects.filter(pk=chat.pk, version=chat.version)
            moved += same.update(check_at=check_at)
    return moved


def _work(chat_id: int, now: datetime) -> bool:
    try:
        with transaction.atomic():
            chat = _held(chat_id, now)
            return chat is not None and _step(chat, now)
    except Exception:
        logger.exception("chat_due_failed", chat=chat_id)
        Chat.objects.filter(pk=chat_id, check_at__lte=now).update(check_at=now + SET_ASIDE)
        return False


def _held(chat_id: int, now: datetime) -> Chat | None:
    """None when another has it in hand: whoever writes in it sets its next check."""
    due = Chat.objects.filter(pk=chat_id, check_at__lte=now)
    if connection.vendor == "postgresql":
        due = due.select_for_update(of=("self",), no_key=True, skip_locked=True)
    return due.select_related("customer", "agent", "group").first()


def _step(chat: Chat, now: datetime) -> bool:
    """The one thing that is due; what follows is due at the next look."""
    if chat.reply_due_at is not None and chat.reply_due_at <= now:
        pass_on_unanswered(chat, now)
        return True
    warn_at, end_at = clock.idle_warn_at(chat), clock.idle_end_at(chat)
    if warn_at is not None and chat.idle_warned_at is None and warn_at <= now:
        _warn(chat, now)
        return True
    if end_at is not None and end_at <= now:
        ending.end(chat, actor=system_actor(), by=EndedBy.IDLE, reason="客户长时间没有回应")
        return True
    # The settings have changed since it was set.
    Chat.objects.filter(pk=chat.pk).update(check_at=clock.next_check(chat))
    return False


def _warn(chat: Chat, now: datetime) -> None:
    chat.idle_warned_at = now
    end_at = clock.idle_end_at(chat)
    left = max(1, round((end_at - now).total_seconds())) if end_at else 0
    words = f"，{_in_words(left)}后会话将自动结束" if left else ""
    said = f"您还在吗？一段时间没有收到您的回复{words}。如仍需帮助，请继续留言"
    notice(chat, said, is_essential=True)
    trail.save(chat)
    trail.record(chat, system_actor(), ChatEventKind.WARNED, to_value=str(left))
    trail.tell(chat, "chat.updated")


def _in_words(seconds: int) -> str:
    """90 秒, 5 分钟, 2 小时."""
    if seconds < 120:
        return f" {seconds} 秒"
    if seconds < 2 * 3600:
        return f" {round(seconds / 60)} 分钟"
    return f" {round(seconds / 3600)} 小时"
