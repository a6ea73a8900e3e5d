"""A customer asks for somebody: who gets them, and when they wait."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from config.errors import InvalidInputError, NotAllowedError
from customers.models import CustomerTag
from tests.factories import CustomerFactory, TagFactory
from tests.tickets.chat.assignment.conftest import ask, come
from tickets.chat.assignment.actions import assign_waiting
from tickets.chat.assignment.queue import place_of
from tickets.models import Chat, ChatAgent, ChatAssignment, ChatEvent, ChatMessage

pytestmark = pytest.mark.django_db


def end(chat: Chat) -> None:
    """As the lifecycle leaves it, without its trail."""
    ChatAgent.objects.filter(user=chat.agent).update(load=0)
    Chat.objects.filter(pk=chat.pk).update(status="ended", ended_at=timezone.now())


def test_the_least_loaded_colleague_who_is_online_gets_the_chat(agent: Callable[..., Any]):
    agent("忙着的", "busy")
    agent("不在的", "offline")
    agent("不接待的", accepts_chats=False)
    full = agent("满了的", max_chats=1)
    first, second = agent("甲"), agent("乙")
    ChatAgent.objects.filter(user=full).update(load=1, slots=1)
    given = [ask().agent for _ in range(4)]
    assert given == [first, second, first, second]
    assert dict(ChatAgent.objects.values_list("user__name", "load")) == {
        "忙着的": 0, "不在的": 0, "不接待的": 0, "满了的": 1, "甲": 2, "乙": 2,
    }  # fmt: skip


def test_the_decision_names_everybody_and_why(agent: Callable[..., Any]):
    agent("忙着的", "busy")
    agent("甲", max_chats=3)
    chat = ask()
    kept = ChatAssignment.objects.get(chat=chat)
    assert (kept.trigger, kept.agent, kept.reason) == ("requested", chat.agent, "接待中 0/3")
    assert [(one["name"], one["reason"], one["is_chosen"]) for one in kept.candidates] == [
        ("忙着的", "忙碌", False),
        ("甲", "接待中 0/3", True),
    ]
    assert list(ChatEvent.objects.values_list("kind", flat=True)) == ["opened", "assigned"]
    assert ChatMessage.objects.get(chat=chat).content == "甲 已接入，为您服务"


def test_whoever_had_the_last_chat_comes_first_while_they_are_free(agent: Callable[..., Any]):
    customer = CustomerFactory()
    known = agent("甲", max_chats=1)
    before = ask(customer)
    assert before.agent == known
    end(before)
    agent("乙")
    ChatAgent.objects.filter(user=known).update(last_assigned_at=timezone.now())
    again = ask(customer)
    assert again.agent == known
    assert ChatAssignment.objects.get(chat=again).reason == "上次接待该客户，接待中 0/1"
    end(again)
    come(known, "busy")
    assert ask(customer).agent != known


def test_asking_again_finds_the_same_chat(agent: Callable[..., Any]):
    agent()
    customer = CustomerFactory()
    chat = ask(customer)
    assert ask(customer) == chat
    assert ChatAgent.objects.get().load == 1
    assert ChatEvent.objects.filter(chat=chat, kind="entry").count() == 0


def test_with_nobody_free_they_wait_in_the_order_in_which_they_came(agent: Callable[..., Any]):
    agent(max_chats=1)
    ask()
    waiting = [ask() for _ in range(3)]
    assert [chat.status for chat in waiting] == ["queued"] * 3
    assert [place_of(chat).position for chat in waiting] == [1, 2, 3]
    assert place_of(waiting[0]).waiting == 3
    words = ChatMessage.objects.filter(chat=waiting[2]).get().content
    assert "前面还有 2 位" in words
    reason = ChatAssignment.objects.get(chat=waiting[0])
    assert (reason.agent, reason.reason) == (None, "暂时无人可接：1 人已达上限")


def test_a_newcomer_does_not_go_before_those_who_wait(agent: Callable[..., Any]):
    busy = agent(max_chats=1)
    first = ask()
    waiting = ask()
    end(first)  # nobody has looked at the queue yet
    newcomer = ask()
    assert newcomer.status == "queued"
    assert assign_waiting() == 1
    waiting.refresh_from_db()
    newcomer.refresh_from_db()
    assert (waiting.agent, newcomer.status) == (busy, "queued")


def test_customers_with_a_tag_of_priority_go_first(agent: Callable[..., Any], setting: Any):
    setting("chat.priority_tags", {"重点客户": 5})
    agent(max_chats=1)
    active = ask()
    plain = ask()
    customer = CustomerFactory()
    CustomerTag.objects.create(customer=customer, tag=TagFactory(name="重点客户"))
    dear = ask(customer)
    assert (place_of(dear).position, place_of(plain).position) == (1, 2)
    end(active)
    assert assign_waiting() == 1
    dear.refresh_from_db()
    assert dear.status == "active"


def test_a_blocked_customer_is_refused_politely(agent: Callable[..., Any]):
    agent()
    with pytest.raises(NotAllowedError) as refused:
        ask(CustomerFactory(blocked_at=timezone.now()))
    assert refused.value.code == "blocked"
    assert not Chat.objects.exists()


def test_an_entry_that_nobody_knows_is_refused(agent: Callable[..., Any]):
    with pytest.raises(InvalidInputError):
        ask(entry="fax")


def test_who_waits_is_told_how_many_are_before_them(agent: Any):
    agent(max_chats=1)
    ask()
    told = [ask().messages.get().content for _ in range(2)]
    assert "您是下一位" in told[0]
    assert "前面还有 1 位" in told[1]
