"""Silent customers are warned and their chats ended; silent agents lose theirs to the next."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from config.runtime import store
from customers.models import User
from tests.at_once import all_at_once
from tests.factories import CustomerFactory, UserFactory
from tests.tickets.chat.lifecycle.scene import begin, load_of, online, says
from tickets.chat.lifecycle.due import work_due
from tickets.chat.lifecycle.unanswered import unanswered_alert
from tickets.models import (
    AgentProfile,
    Chat,
    ChatEvent,
    ChatFeedEntry,
    ChatMessage,
    ChatStatus,
    Visibility,
)

pytestmark = pytest.mark.django_db


def _set(key: str, value: Any) -> None:
    store.change(key=f"chat.{key}", value=value, actor=None)
    store.forget_snapshot()


def _talked(chat: Chat, agent: User) -> datetime:
    """The customer asked and the agent has just answered; returns when."""
    now = timezone.now()
    says(chat, None, "在吗", now=now - timedelta(seconds=1))
    says(chat, agent, "在的，请说", now=now)
    return now


def _after(start: datetime, seconds: float) -> int:
    return work_due(start + timedelta(seconds=seconds))


def test_a_silent_customer_is_warned_at_60_and_ended_at_120_seconds(chat: Chat, lisi: Any):
    start = _talked(chat, lisi)
    assert _after(start, 59) == 0
    assert _after(start, 60) == 1
    chat.refresh_from_db()
    assert chat.idle_warned_at is not None
    warning = chat.messages.last()
    assert warning is not None
    assert "60 秒后会话将自动结束" in warning.content
    assert _after(start, 61) == 0
    assert _after(start, 119) == 0
    assert _after(start, 120) == 1
    chat.refresh_from_db()
    assert (chat.status, chat.ended_by) == (ChatStatus.ENDED, "idle")
    assert load_of(lisi) == 0
    assert list(chat.events.order_by("id").values_list("kind", flat=True)) == ["warned", "ended"]
    assert ChatFeedEntry.objects.filter(chat=chat, kind="chat.updated").exists()


def test_a_word_of_either_side_begins_anew(chat: Chat, lisi: Any):
    start = _talked(chat, lisi)
    _after(start, 60)
    says(chat, lisi, "还在吗", now=start + timedelta(seconds=100))
    assert _after(start, 121) == 0
    assert _after(start, 160) == 1
    says(chat, None, "在", now=start + timedelta(seconds=170))
    says(chat, lisi, "好", now=start + timedelta(seconds=171))
    assert _after(start, 230) == 0


def test_nothing_is_ended_while_the_customer_waits(chat: Chat, lisi: Any):
    _set("first_reply_seconds", 0)
    says(chat, None, "有人吗")
    assert _after(timezone.now(), 100_000) == 0
    chat.refresh_from_db()
    assert chat.status == ChatStatus.ACTIVE


def test_each_entry_has_its_own_patience(lisi: Any):
    _set("idle_by_entry", {"kf": {"warn_seconds": 0, "end_seconds": 86_400}})
    waiting = begin(CustomerFactory(), online(lisi), entry="web")
    Chat.objects.filter(pk=waiting.pk).update(entry="kf")
    waiting.refresh_from_db()
    start = timezone.now()
    Chat.objects.filter(pk=waiting.pk).update(
        last_message_at=start, check_at=start + timedelta(seconds=60)
    )
    assert _after(start, 3600) == 0
    assert Chat.objects.get(pk=waiting.pk).check_at == start + timedelta(days=1)


def test_a_late_warning_still_leaves_the_time_that_it_promises(chat: Chat, lisi: Any):
    start = _talked(chat, lisi)
    assert _after(start, 600) == 1
    chat.refresh_from_db()
    assert chat.status == ChatStatus.ACTIVE
    assert _after(start, 659) == 0
    assert _after(start, 660) == 1
    chat.refresh_from_db()
    assert chat.status == ChatStatus.ENDED


def test_changed_settings_count_for_chats_that_go_on(chat: Chat, lisi: Any):
    start = _talked(chat, lisi)
    work_due(start)
    _set("idle_warn_seconds", 10)
    _set("idle_end_seconds", 20)
    assert _after(start, 10) == 1
    _set("idle_end_seconds", 0)
    assert _after(start, 100_000) == 0
    chat.refresh_from_db()
    assert chat.status == ChatStatus.ACTIVE


def test_who_does_not_answer_loses_the_chat_to_the_next(chat: Chat, lisi: Any, wangwu: Any):
    online(wangwu)
    start = timezone.now()
    says(chat, None, "有人吗", now=start)
    assert _after(start, 119) == 0
    assert _after(start, 120) == 1
    chat.refresh_from_db()
    assert chat.agent == wangwu
    assert chat.reply_due_at is not None
    assert (load_of(lisi), load_of(wangwu)) == (0, 1)
    said = chat.messages.get(visibility=Visibility.INTERNAL)
    assert said.content == "李四 超时未应答，会话转给 王五"
    gone = ChatFeedEntry.objects.get(chat=chat, kind="chat.gone")
    assert gone.data == {"user_id": lisi.pk}
    # Nobody else is left: it stays, and supervisors are told.
    later = chat.reply_due_at
    assert work_due(later) == 1
    chat.refresh_from_db()
    assert chat.agent == wangwu
    assert chat.reply_due_at is not None
    assert chat.reply_due_at > later
    assert load_of(wangwu) == 1


def test_supervisors_hear_of_a_chat_that_nobody_answers(chat: Chat, lisi: Any, wangwu: Any):
    boss = UserFactory()
    AgentProfile.objects.filter(user=lisi).update(supervisor=boss)
    says(chat, None, "有人吗")
    data = {"chat_id": chat.pk, "former_id": lisi.pk, "moves": 0}
    alerts = list(unanswered_alert(data))
    assert [alert.user for alert in alerts] == [boss]
    assert "没有其他空闲客服" in alerts[0].text
    assert alerts[0].key == next(iter(unanswered_alert(data))).key
    says(chat, lisi, "来了")
    assert list(unanswered_alert(data)) == []


def test_one_chat_that_cannot_be_worked_does_not_stop_the_others(
    chat: Chat, lisi: Any, monkeypatch: pytest.MonkeyPatch
):
    from tickets.chat.lifecycle import due

    other = begin(CustomerFactory(), lisi)
    start = _talked(chat, lisi)
    _talked(other, lisi)
    warn = due._warn

    def broken(one: Chat, now: datetime) -> None:
        if one.pk == chat.pk:
            raise RuntimeError("no")
        warn(one, now)

    monkeypatch.setattr(due, "_warn", broken)
    assert _after(start, 62) == 1
    assert Chat.objects.get(pk=chat.pk).check_at == start + timedelta(seconds=92)


@pytest.mark.services_only
@pytest.mark.django_db(transaction=True)
def test_many_scanners_warn_and_end_each_chat_once():
    agents = [online(UserFactory()) for _ in range(3)]
    chats = [begin(CustomerFactory(), agents[n % 3]) for n in range(12)]
    start = timezone.now()
    for chat in chats:
        assert chat.agent is not None
        says(chat, chat.agent, "您好", now=start)
    for seconds in (60, 120):
        moment = start + timedelta(seconds=seconds)
        assert all_at_once([lambda: work_due(moment)] * 4) == []  # noqa: B023
        work_due(moment)
    for kind in ("warned", "ended"):
        assert ChatEvent.objects.filter(kind=kind).count() == 12
    assert ChatMessage.objects.filter(sender="system").count() == 24
    assert [load_of(agent) for agent in agents] == [0, 0, 0]
