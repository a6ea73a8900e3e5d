"""Many hands on one chat: one effect, no word lost, and every load true."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from config.errors import ConflictError, NotAllowedError
from customers.actors import Entry, customer_actor
from tests.at_once import all_at_once
from tests.factories import CustomerFactory, UserFactory, actor
from tests.tickets.chat.lifecycle.scene import begin, load_of, online, says
from tickets.chat.lifecycle.actions import chat_end
from tickets.chat.lifecycle.due import work_due
from tickets.chat.lifecycle.handing_on import chat_transfer
from tickets.chat.lifecycle.reopening import chat_reopen
from tickets.chat.lifecycle.ticketing import chat_to_ticket
from tickets.chat.messages.actions import customer_say
from tickets.models import Chat, ChatEvent, ChatMessage, ChatStatus, Ticket

pytestmark = [pytest.mark.services_only, pytest.mark.django_db(transaction=True)]
ROUNDS = 6


def _customer(chat: Chat) -> Any:
    return customer_actor(chat.customer, Entry.WEB)


def test_two_ends_at_once_end_it_once():
    agent = online(UserFactory())
    for _ in range(ROUNDS):
        chat = begin(CustomerFactory(), agent)
        ends = [
            lambda who=who, chat=chat: chat_end(chat_id=chat.pk, actor=who)
            for who in (actor(agent), _customer(chat), actor(agent), _customer(chat))
        ]
        assert all_at_once(ends, foreseen=ConflictError) == []
        assert ChatEvent.objects.filter(chat=chat, kind="ended").count() == 1
        assert load_of(agent) == 0


def test_an_end_and_a_transfer_at_once_leave_every_load_true():
    first, second = online(UserFactory()), online(UserFactory())
    for _ in range(ROUNDS):
        chat = begin(CustomerFactory(), first)
        acts = [
            lambda chat=chat: chat_end(chat_id=chat.pk, actor=_customer(chat)),
            lambda chat=chat: chat_transfer(chat_id=chat.pk, actor=actor(first), to_user=second),
        ]
        assert all_at_once(acts, foreseen=ConflictError) == []
        chat.refresh_from_db()
        assert chat.status == ChatStatus.ENDED
        assert (load_of(first), load_of(second)) == (0, 0)


def test_chats_handed_across_at_once_neither_lock_nor_miscount():
    first, second = online(UserFactory()), online(UserFactory())
    for _ in range(ROUNDS):
        one, two = begin(CustomerFactory(), first), begin(CustomerFactory(), second)
        acts = [
            lambda one=one: chat_transfer(chat_id=one.pk, actor=actor(first), to_user=second),
            lambda two=two: chat_transfer(chat_id=two.pk, actor=actor(second), to_user=first),
        ]
        assert all_at_once(acts, foreseen=ConflictError) == []
        for chat in (one, two):
            chat_end(chat_id=chat.pk, actor=_customer(chat))
        assert (load_of(first), load_of(second)) == (0, 0)


def test_a_word_at_the_moment_of_the_idle_end_is_never_lost():
    """It lands before the end, which then does not come; or it is refused, and it can go on."""
    agent = online(UserFactory())
    landed = refused = 0
    for _ in range(ROUNDS):
        chat = begin(CustomerFactory(), agent)
        start = timezone.now() - timedelta(seconds=120)
        says(chat, agent, "请说", now=start)
        Chat.objects.filter(pk=chat.pk).update(idle_warned_at=start + timedelta(seconds=60))
        acts = [
            lambda chat=chat: customer_say(
                chat_id=chat.pk, actor=_customer(chat), content="我在", client_id="c"
            ),
            work_due,
        ]
        assert all_at_once(acts, foreseen=ConflictError) == []
        chat.refresh_from_db()
        is_said = ChatMessage.objects.filter(chat=chat, content="我在").exists()
        assert is_said == (chat.status == ChatStatus.ACTIVE)
        landed, refused = landed + is_said, refused + (not is_said)
        if not is_said:
            chat_reopen(chat_id=chat.pk, actor=_customer(chat))
            customer_say(chat_id=chat.pk, actor=_customer(chat), content="我在", client_id="c")
        assert ChatMessage.objects.filter(chat=chat, content="我在").count() == 1
        chat_end(chat_id=chat.pk, actor=_customer(chat))
        assert load_of(agent) == 0
    assert landed + refused == ROUNDS


def test_reopened_twice_at_once_it_takes_one_slot():
    agent = online(UserFactory())
    customer = CustomerFactory()
    chats = [begin(customer, agent)]
    chat_end(chat_id=chats[0].pk, actor=_customer(chats[0]))
    chats.append(begin(customer, agent))
    chat_end(chat_id=chats[1].pk, actor=_customer(chats[1]))
    acts = [
        lambda chat=chat: chat_reopen(chat_id=chat.pk, actor=_customer(chat)) for chat in chats * 2
    ]
    assert all_at_once(acts, foreseen=ConflictError) == []
    assert Chat.objects.filter(customer=customer, status=ChatStatus.ACTIVE).count() == 1
    assert load_of(agent) == 1


def test_asked_for_a_ticket_twice_at_once_there_is_one():
    agent = online(UserFactory())
    chat = begin(CustomerFactory(), agent)
    says(chat, None, "打印机坏了")
    asks = [lambda: chat_to_ticket(chat_id=chat.pk, actor=actor(agent))] * 3
    assert all_at_once(asks, foreseen=NotAllowedError) == []
    assert Ticket.objects.count() == 1
