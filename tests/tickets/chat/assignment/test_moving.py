"""Chats that leave their agent: handed on, left behind, or waiting with nobody there."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from config.errors import ConflictError
from customers.actors import Actor, Entry, actor_for, customer_actor, system_actor
from tests.tickets.chat.assignment.conftest import ask, come
from tickets.chat.assignment.actions import (
    assign_waiting,
    chat_give,
    chat_pass_on,
    end_unattended,
    leave_offline,
)
from tickets.chat.assignment.agents import agent_status_set
from tickets.chat.messages.actions import agent_say, customer_say
from tickets.chat.trail import lock_chat
from tickets.models import (
    AssignmentTrigger,
    Chat,
    ChatAgent,
    ChatAssignment,
    ChatFeedEntry,
    ChatMessage,
    Ticket,
    TicketEvent,
)
from tickets.presence.actions import presence_lost, presence_seen, presence_set
from tickets.tasks.chat.assignment import sweep_queue

pytestmark = pytest.mark.django_db
HOURS = {"mon": [["09:00", "18:00"]], "thu": [["09:00", "18:00"]]}
THURSDAY = datetime(2026, 11, 26, 10, 0, tzinfo=timezone.get_default_timezone())


def say(chat: Chat, words: str = "有人吗") -> None:
    customer_say(chat_id=chat.pk, actor=who(chat), content=words)


def who(chat: Chat) -> Actor:
    return customer_actor(chat.customer, Entry.WEB)


def pass_on(chat: Chat, trigger: str = AssignmentTrigger.UNANSWERED) -> Chat:
    locked = lock_chat(chat.pk, system_actor())
    chat_pass_on(chat=locked, trigger=trigger, actor=system_actor(), reason="未应答")
    return now(chat)


def now(chat: Chat) -> Chat:
    return Chat.objects.get(pk=chat.pk)


def loads() -> dict[str, int]:
    return dict(ChatAgent.objects.values_list("user__name", "load"))


def test_what_is_passed_on_goes_to_the_next_with_its_slot(agent: Callable[..., Any]):
    first = agent("甲")
    chat = ask()
    second = agent("乙")
    say(chat)
    moved = pass_on(chat)
    assert (moved.agent, moved.status) == (second, "active")
    assert loads() == {"甲": 0, "乙": 1}
    kept = ChatAssignment.objects.filter(chat=chat).latest("id")
    assert (kept.taken_from, kept.agent, kept.trigger) == (first, second, "unanswered")
    assert [one["reason"] for one in kept.candidates] == ["刚从其手中转出", "接待中 0/5"]
    assert moved.events.latest("id").kind == "transferred"
    gone = ChatFeedEntry.objects.get(chat=chat, kind="chat.gone")
    assert (gone.is_internal, gone.data) == (True, {"user_id": first.pk})


def test_with_nobody_else_it_waits_at_its_old_place(agent: Callable[..., Any]):
    agent("甲", max_chats=1)
    chat = ask()
    say(chat)
    later = ask()
    back = pass_on(chat)
    assert (back.status, back.agent, back.queued_at) == ("queued", None, chat.queued_at)
    assert loads() == {"甲": 0}
    assert assign_waiting() == 1, "甲 has a slot, but let this one lie"
    assert (now(chat).status, now(later).status) == ("queued", "active")
    agent("乙")
    assert assign_waiting() == 1
    assert now(chat).agent.name == "乙"


def test_who_let_it_lie_is_asked_again_before_it_waits_for_ever(agent: Callable[..., Any]):
    user = agent("甲")
    with time_machine.travel(THURSDAY, tick=False) as clock:
        come(user, "online")
        chat = ask()
        say(chat)
        pass_on(chat)
        assert assign_waiting() == 0
        clock.shift(timedelta(minutes=6))
        assert assign_waiting() == 1
    assert now(chat).agent == user


def test_a_full_or_absent_colleague_is_given_nothing_by_hand(agent: Callable[..., Any]):
    boss = agent("甲")
    full, away = agent("满", max_chats=1, load=1, slots=1), agent("走", "offline")
    chat = ask()
    for user, code in ((full, "agent_full"), (away, "agent_unavailable")):
        with pytest.raises(ConflictError) as refused:
            chat_give(
                chat=now(chat), agent=user, trigger="transfer", reason="",
                actor=actor_for(boss, Entry.CONSOLE),
            )  # fmt: skip
        assert refused.value.code == code
    assert loads() == {"甲": 1, "满": 1, "走": 0}


def test_whoever_goes_offline_leaves_the_chats_whose_customers_wait(
    agent: Callable[..., Any], run_outbox: Callable[[], int]
):
    user = agent("甲")
    quiet, waiting = ask(), ask()
    say(quiet)
    agent_say(chat_id=quiet.pk, actor=actor_for(user, Entry.CONSOLE), content="好的")
    say(waiting)
    agent("乙")
    presence_set(user=user, status="offline", holds_for=None)
    run_outbox()
    assert (now(quiet).agent, now(waiting).agent.name) == (user, "乙")
    say(quiet, "还有一个问题")
    assert now(quiet).agent.name == "乙"
    assert loads() == {"甲": 0, "乙": 2}


def test_a_lost_page_counts_as_gone_after_the_grace_period(agent: Callable[..., Any]):
    with time_machine.travel(THURSDAY, tick=False) as clock:
        user = agent("甲")
        presence_set(user=user, status="online", holds_for=None)
        chat = ask()
        say(chat)
        clock.shift(timedelta(seconds=50))
        assert leave_offline() == 0
        clock.shift(timedelta(seconds=15))
        sweep_queue()
        assert now(chat).status == "queued"
        assert now(chat).queued_at == chat.queued_at


def test_a_status_set_by_a_program_ends_with_the_page_that_was_open(agent: Callable[..., Any]):
    with time_machine.travel(THURSDAY, tick=False) as clock:
        user = agent("甲", "offline")
        desk = agent_status_set(status="online", actor=actor_for(user, Entry.API))
        assert desk.status == "online"
        clock.shift(timedelta(minutes=50))
        chat = ask()
        say(chat)
        presence_seen(user=user)
        clock.shift(timedelta(seconds=5))
        presence_lost(user=user)
        clock.shift(timedelta(seconds=26))
        assert leave_offline() == 1
        assert now(chat).status == "queued"


def test_the_policy_may_be_patient_or_switched_off(agent: Callable[..., Any], setting: Any):
    user = agent("甲")
    chat = ask()
    say(chat)
    setting("chat.offline_policy", {"patience_seconds": 60})
    with time_machine.travel(timezone.now(), tick=False) as clock:
        presence_set(user=user, status="offline", holds_for=None)
        assert leave_offline() == 0
        clock.shift(timedelta(seconds=61))
        setting("chat.offline_policy", {"hand_on": False})
        assert leave_offline() == 0
        setting("chat.offline_policy", {"hand_on": True, "patience_seconds": 60})
        assert leave_offline() == 1


def test_with_nobody_on_the_first_words_become_a_ticket_and_the_rest_is_added(
    agent: Callable[..., Any],
):
    agent(status="offline")
    chat = ask()
    assert "没有客服在线" in ChatMessage.objects.get(chat=chat).content
    say(chat, "服务器无法连接")
    ticket = Ticket.objects.get()
    assert (now(chat).ticket, now(chat).status) == (ticket, "queued")
    assert (ticket.customer, ticket.description) == (chat.customer, "服务器无法连接")
    assert f"工单 #{ticket.pk}" in chat.messages.last().content
    say(chat, "重启也不行")
    assert TicketEvent.objects.get(ticket=ticket, kind="reply").content == "重启也不行"
    assert Ticket.objects.count() == 1


def test_after_a_while_of_silence_it_ends_unless_somebody_comes(agent: Callable[..., Any]):
    with time_machine.travel(THURSDAY, tick=False) as clock:
        user = agent(status="offline")
        chat, silent = ask(), ask()
        say(chat)
        assert end_unattended() == 0
        clock.shift(timedelta(seconds=301))
        come(user, "online")
        assert end_unattended() == 0
        come(user, "offline")
        presence_set(user=user, status="online", holds_for=None)
        presence_set(user=user, status="offline", holds_for=None)
        assert end_unattended() == 0, "they have just gone"
        clock.shift(timedelta(seconds=301))
        assert end_unattended() == 2
    assert (now(chat).status, now(chat).ended_by) == ("ended", "unattended")
    assert (now(silent).ended_by, now(silent).ticket) == ("abandoned", None)


def test_outside_the_opening_hours_nobody_is_made_to_wait(agent: Callable[..., Any], setting: Any):
    setting("chat.opening_hours", HOURS)
    with time_machine.travel(THURSDAY.replace(hour=17, minute=59), tick=False) as clock:
        agent(max_chats=2)
        ask()
        ask()
        before_closing = ask()
        say(before_closing)
        assert now(before_closing).ticket is None
        clock.shift(timedelta(minutes=5))
        late = ask()
        assert "不在服务时间" in ChatMessage.objects.get(chat=late).content
        say(late)
        say(before_closing)
        assert now(late).ticket is not None
        assert now(before_closing).ticket is None, "whoever stood in the queue is still served"
        ChatAgent.objects.update(max_chats=5)
        assert ask().status == "queued", "behind those who wait"
        assert assign_waiting() == 3
    assert now(late).status == "active", "who is there takes what they have room for"
