"""Acts that meet on the same chats and agents from different sides: none waits for the other in a circle."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from config.events.publish import hold_order
from customers.actors import system_actor
from tests.at_once import all_at_once
from tests.factories import CustomerFactory, UserFactory
from tests.tickets.chat.assignment.conftest import ask
from tickets.chat.assignment.actions import chat_pass_on
from tickets.chat.assignment.candidates import candidates
from tickets.chat.lifecycle.actions import chat_end
from tickets.chat.slots import loads_recount
from tickets.chat.trail import lock_chat
from tickets.models import Chat, ChatAgent

pytestmark = [pytest.mark.services_only, pytest.mark.django_db(transaction=True)]


def is_waiting_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        # Within a transaction it would be as it was at the first look.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def until(is_so: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(500):
        if is_so():
            return
        pause.wait(0.02)
    raise AssertionError("it never came to that")


def test_chats_of_somebody_who_has_left_are_moved_while_loads_are_counted(
    agent: Callable[..., Any],
):
    leaver = agent(max_chats=9)
    chats = [ask() for _ in range(4)]
    others = [agent(max_chats=9) for _ in range(2)]
    leaver.is_active = False
    leaver.save()
    actor = system_actor()

    def move(chat: Chat) -> None:
        with transaction.atomic():
            held = lock_chat(chat.pk, actor)
            chat_pass_on(chat=held, trigger="offline", actor=actor, reason="已离职")

    moves = [lambda chat=chat: move(chat) for chat in chats]
    assert all_at_once([*moves, loads_recount, loads_recount]) == []
    loads = dict(ChatAgent.objects.values_list("user", "load"))
    assert loads == {leaver.pk: 0, others[0].pk: 2, others[1].pk: 2}


def test_who_has_left_is_held_in_the_common_order(agent: Callable[..., Any]):
    leaver = agent()
    chat = ask()
    other = agent()
    leaver.is_active = False
    leaver.save()
    first, second = ChatAgent.objects.order_by("pk")
    assert (first.user, second.user) == (leaver, other)
    actor = system_actor()
    is_holding, may_go = threading.Event(), threading.Event()

    def count() -> None:
        """As the nightly recount: the first row, then the second."""
        with transaction.atomic():
            list(ChatAgent.objects.filter(pk=first.pk).select_for_update(no_key=True))
            is_holding.set()
            may_go.wait(10)
            list(ChatAgent.objects.filter(pk=second.pk).select_for_update(no_key=True))

    def move() -> None:
        is_holding.wait(10)
        with transaction.atomic():
            held = lock_chat(chat.pk, actor)
            chat_pass_on(chat=held, trigger="offline", actor=actor, reason="已离职")

    def watch() -> None:
        until(is_waiting_for_a_lock)
        may_go.set()

    assert all_at_once([count, move, watch]) == []
    chat.refresh_from_db()
    assert chat.agent == other


def test_a_chat_that_ends_while_its_customer_asks_again_is_not_the_answer(
    agent: Callable[..., Any],
):
    agent()
    customer = CustomerFactory()
    chat = ask(customer)
    is_ended, found = threading.Event(), []

    def end() -> None:
        with transaction.atomic():
            chat_end(chat_id=chat.pk, actor=system_actor())
            is_ended.set()
            until(is_waiting_for_a_lock)

    def come_back() -> None:
        is_ended.wait(10)
        found.append(ask(customer))

    assert all_at_once([end, come_back]) == []
    assert found[0].pk != chat.pk
    assert found[0].is_open
    assert ChatAgent.objects.get().load == 1


def test_agents_are_held_before_a_stranger_is_announced(
    agent: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
):
    """Keys of events share their locks: whoever has one must not wait for the agents."""
    from tests.tickets.chat.entries.conftest import LettersEntry
    from tickets.chat.entries import people, registry
    from tickets.chat.entries.inbound import customer_wrote

    monkeypatch.setitem(registry._entries, "letters", LettersEntry())
    agent()
    is_holding, announced = threading.Event(), threading.Event()
    create = people.customer_create

    def announce(**given: Any) -> Any:
        made = create(**given)
        announced.set()
        return made

    monkeypatch.setattr(people, "customer_create", announce)

    def serve() -> None:
        """As whoever serves the queue: the agents, then an event of any customer."""
        from django.utils import timezone

        with transaction.atomic():
            candidates(timezone.now(), is_locked=True)
            is_holding.set()
            until(is_waiting_for_a_lock)
            assert not announced.is_set()
            hold_order(f"customer:{number}" for number in range(2000))

    def write() -> None:
        is_holding.wait(10)
        customer_wrote(entry="letters", address="oStranger", content="在吗", external_id="M1")

    assert all_at_once([serve, write]) == []
    assert Chat.objects.get().status == "active"


def test_an_agent_who_comes_back_is_a_candidate_again(agent: Callable[..., Any]):
    from django.utils import timezone

    leaver, other = agent(), UserFactory()
    ChatAgent.objects.create(user=other)
    leaver.is_active = False
    leaver.save()
    with transaction.atomic():
        team = candidates(timezone.now(), is_locked=True, holder=leaver.pk)
    assert [one.user for one in team] == [other]
