"""The queue is served, and says why somebody still waits."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.actors import Actor, Entry, actor_for, customer_actor
from tests.factories import CustomerFactory
from tests.tickets.chat.assignment.conftest import ask, come
from tickets.chat import slots
from tickets.chat.assignment.actions import assign_waiting, chat_pass_on, explain_waiting
from tickets.chat.assignment.actions import waiting as waiting_module
from tickets.chat.assignment.queue import place_of
from tickets.chat.lifecycle.actions import chat_end
from tickets.chat.messages.actions import customer_say
from tickets.models import Chat, ChatAgent, ChatAssignment, ChatGroup
from tickets.presence.actions import presence_set

pytestmark = pytest.mark.django_db


def of(user: Any) -> Actor:
    return actor_for(user, Entry.CONSOLE)


def statuses(*chats: Chat) -> list[str]:
    for chat in chats:
        chat.refresh_from_db()
    return [chat.status for chat in chats]


def test_the_end_of_a_chat_brings_whoever_has_waited_longest(
    agent: Callable[..., Any], run_outbox: Callable[[], int]
):
    user = agent(max_chats=1)
    active, *waiting = [ask() for _ in range(4)]
    chat_end(chat_id=active.pk, actor=of(user))
    run_outbox()
    assert statuses(*waiting) == ["active", "queued", "queued"]
    kept = ChatAssignment.objects.filter(chat=waiting[0]).latest("id")
    assert (kept.trigger, kept.agent) == ("freed", user)
    assert ChatAgent.objects.get().load == 1


def test_whoever_comes_online_gets_as_many_as_they_can_take(
    agent: Callable[..., Any], run_outbox: Callable[[], int]
):
    user = agent(status="offline", max_chats=15)
    waiting = [ask() for _ in range(17)]
    presence_set(user=user, status="online", holds_for=timedelta(hours=1))
    run_outbox()
    assert statuses(*waiting) == ["active"] * 15 + ["queued"] * 2


def test_busy_brings_nothing_new_and_keeps_what_is_there(agent: Callable[..., Any]):
    user = agent(max_chats=2)
    active = ask()
    come(user, "busy")
    waiting = ask()
    assert assign_waiting() == 0
    assert statuses(active, waiting) == ["active", "queued"]


def test_a_batch_that_is_full_looks_again(agent: Callable[..., Any], run_outbox: Callable[[], int]):
    user = agent(status="offline", max_chats=20)
    waiting = [ask() for _ in range(13)]
    run_outbox()
    come(user, "online")
    assert assign_waiting(limit=10) == 10
    run_outbox()
    assert statuses(*waiting) == ["active"] * 13


def test_one_that_cannot_be_worked_does_not_hold_up_the_others(
    agent: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
):
    user = agent(status="offline")
    broken, fine = ask(), ask()
    come(user, "online")
    take = waiting_module.take

    def fails(chat: Chat, *given: Any, **more: Any) -> None:
        if chat.pk == broken.pk:
            raise RuntimeError("broken")
        take(chat, *given, **more)

    monkeypatch.setattr(waiting_module, "take", fails)
    assert assign_waiting() == 1
    assert statuses(broken, fine) == ["queued", "active"]
    assert ChatAgent.objects.get().load == 1


def test_a_chat_for_a_group_waits_for_the_group_and_holds_up_nobody(agent: Callable[..., Any]):
    group = ChatGroup.objects.create(name="售后")
    member = agent("组员", max_chats=1)
    group.members.add(member)
    agent("别人", max_chats=2)
    first = ask()
    assert first.agent == member
    second = ask()
    chat_pass_on(
        chat=Chat.objects.get(pk=second.pk), trigger="transfer", actor=of(member), reason="转售后",
        group=group,
    )  # fmt: skip
    newcomer = ask()
    assert statuses(second, newcomer) == ["queued", "active"]
    assert newcomer.agent is not None
    assert newcomer.agent.name == "别人"
    come(member, "offline")
    assert assign_waiting() == 1, "nobody of the group is there: anybody takes it"
    assert statuses(second) == ["active"]


def test_why_somebody_still_waits_is_one_row_kept_up_to_date(
    agent: Callable[..., Any], django_assert_max_num_queries: Any
):
    user = agent("甲", max_chats=1)
    ask()
    waiting = [ask() for _ in range(15)]
    come(user, "busy")
    with django_assert_max_num_queries(10):
        assert explain_waiting() == 15
    assert explain_waiting() == 0
    rows = ChatAssignment.objects.filter(chat=waiting[3])
    assert [row.reason for row in rows] == ["暂时无人可接：1 人忙碌"]
    assert rows[0].candidates[0]["name"] == "甲"


def test_the_estimate_is_measured_and_never_negative(agent: Callable[..., Any]):
    agent(max_chats=2)
    now = timezone.now()
    for minutes in (2, 4, 6, 8, 10):
        Chat.objects.create(
            customer=CustomerFactory(), status="ended", queued_at=now,
            assigned_at=now - timedelta(minutes=minutes), ended_at=now,
        )  # fmt: skip
    ask(), ask()
    third, fourth = ask(), ask()
    # Six minutes in the middle, two at a time.
    assert [place_of(chat).estimated_wait_seconds for chat in (third, fourth)] == [180, 360]


def test_the_place_is_counted_with_one_query(
    agent: Callable[..., Any], django_assert_max_num_queries: Any
):
    agent(max_chats=1)
    chats = [ask() for _ in range(12)]
    place_of(chats[3])  # the pace is remembered
    with django_assert_max_num_queries(1):
        assert place_of(chats[-1]).position == 11


def test_the_nightly_recount_puts_loads_right(agent: Callable[..., Any]):
    user, other = agent("甲"), agent("乙", max_chats=1)
    ask()
    ChatAgent.objects.filter(user=user).update(load=4, slots=5)
    ChatAgent.objects.filter(user=other).update(load=1, slots=1)
    assert slots.loads_recount() == 2
    assert dict(ChatAgent.objects.values_list("user__name", "load")) == {"甲": 1, "乙": 0}
    assert slots.loads_recount() == 0


def test_a_raised_limit_counts_at_once_and_a_lowered_one_ends_nothing(agent: Callable[..., Any]):
    user = agent(max_chats=2)
    ask(), ask()
    third = ask()
    ChatAgent.objects.update(max_chats=1)
    assert assign_waiting() == 0
    assert ChatAgent.objects.get(user=user).load == 2
    ChatAgent.objects.update(max_chats=3)
    assert assign_waiting() == 1
    assert statuses(third) == ["active"]


def test_a_customer_who_waits_may_write(agent: Callable[..., Any]):
    agent(max_chats=1)
    ask()
    waiting = ask()
    customer_say(
        chat_id=waiting.pk, actor=customer_actor(waiting.customer, Entry.WEB), content="在吗"
    )
    assert statuses(waiting) == ["queued"]
    assert waiting.ticket_id is None
