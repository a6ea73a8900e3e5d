"""Many at once: nobody above their limit, no chat twice, nobody overtaken or left behind."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection, transaction

from bench import chat_assignment as bench
from config.errors import AppError
from customers.actors import system_actor
from tests.at_once import all_at_once
from tests.factories import CustomerFactory
from tests.tickets.chat.assignment.conftest import ask
from tickets.chat.assignment.actions import assign_waiting, chat_pass_on, leave_offline
from tickets.chat.assignment.queue import place_of, waiting_chats
from tickets.chat.lifecycle.actions import chat_end
from tickets.chat.trail import lock_chat
from tickets.models import Chat, ChatAgent, ChatAssignment
from tickets.presence.actions import presence_set

pytestmark = pytest.mark.django_db(transaction=True)


def in_threads(act: Callable[[Any], object], given: Sequence[Any], threads: int) -> None:
    """`act` for each of `given`, shared out over threads that start together."""

    def run(mine: Sequence[Any]) -> None:
        for one in mine:
            act(one)

    shares = [given[number::threads] for number in range(threads)]
    assert all_at_once([lambda share=share: run(share) for share in shares]) == []


def end(pk: int) -> None:
    with suppress(AppError):  # another was faster
        chat_end(chat_id=pk, actor=system_actor())


@pytest.mark.services_only
@pytest.mark.timeout(300)
def test_two_hundred_ask_five_times_five_are_served_and_the_oldest_go_next(
    agent: Callable[..., Any],
):
    for _ in range(5):
        agent(max_chats=5)
    in_threads(ask, CustomerFactory.create_batch(200), threads=20)

    assert Counter(Chat.objects.values_list("status", flat=True)) == {"active": 25, "queued": 175}
    assert set(ChatAgent.objects.values_list("load", flat=True)) == {5}
    waiting = list(waiting_chats())
    assert [chat.queued_at for chat in waiting] == sorted(chat.queued_at for chat in waiting)
    assert [place_of(waiting[place]).position for place in (0, 87, 174)] == [1, 88, 175]

    active = list(Chat.objects.filter(status="active").values_list("pk", flat=True))

    def end_and_serve(pk: int) -> None:
        end(pk)
        assign_waiting()

    in_threads(end_and_serve, active, threads=8)
    assign_waiting()
    given = ChatAssignment.objects.filter(trigger="freed").order_by("id")
    assert list(given.values_list("chat", flat=True)) == [chat.pk for chat in waiting[:25]]
    assert bench.found() | {"starved": 0, "chats": 200} == {
        "chats": 200, "above_capacity": 0, "double": 0, "starved": 0, "overtaken": 0,
        "wrong_loads": 0,
    }  # fmt: skip


@pytest.mark.services_only
@pytest.mark.timeout(300)
def test_asking_ending_and_serving_all_at_once_breaks_nothing():
    ids = bench.furnish(160, agents=3, limit=3)
    shares = [ids[number::8] for number in range(8)]
    assert all_at_once([lambda share=share: bench.work(share) for share in shares]) == []
    assert bench.found() == {
        "chats": 160, "above_capacity": 0, "double": 0, "starved": 0, "overtaken": 0,
        "wrong_loads": 0,
    }  # fmt: skip
    assert set(ChatAgent.objects.values_list("load", flat=True)) == {0}


def test_one_customer_who_asks_many_times_at_once_has_one_chat(agent: Callable[..., Any]):
    agent()
    customer = CustomerFactory()
    in_threads(ask, [customer] * 8, threads=8)
    assert Chat.objects.count() == 1
    assert ChatAgent.objects.get().load == 1


def test_the_last_slot_goes_to_one(agent: Callable[..., Any]):
    agent(max_chats=1)
    in_threads(ask, CustomerFactory.create_batch(8), threads=8)
    assert Counter(Chat.objects.values_list("status", flat=True)) == {"active": 1, "queued": 7}


def test_passing_on_going_ending_and_serving_at_once_keep_the_loads_true(
    agent: Callable[..., Any],
):
    users = [agent(max_chats=4) for _ in range(3)]
    for _ in range(24):
        ask()
    actor = system_actor()

    def churn(seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(6):
            is_open = Chat.objects.exclude(status="ended")
            chats = list(is_open.values_list("pk", flat=True))
            with transaction.atomic():
                chat = lock_chat(dice.choice(chats), actor)
                if chat.status == "active":
                    chat_pass_on(chat=chat, trigger="unanswered", actor=actor, reason="未应答")
            presence_set(user=dice.choice(users), status="offline", holds_for=None)
            leave_offline()
            for user in users:
                presence_set(user=user, status="online", holds_for=None)
            if len(chats) > 10:
                end(dice.choice(chats))
            assign_waiting()

    threads = 6 if connection.vendor == "postgresql" else 2
    in_threads(churn, list(range(threads)), threads=threads)
    counted = Counter(Chat.objects.filter(status="active").values_list("agent", flat=True))
    for row in ChatAgent.objects.all():
        assert row.load == counted[row.user_id]
        assert row.load <= 4
    assert not Chat.objects.filter(status="queued", agent__isnull=False).exists()
