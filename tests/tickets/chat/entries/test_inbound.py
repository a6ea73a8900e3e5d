"""What customers write on a platform, brought into their chat."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from config.errors import InvalidInputError
from customers.actors import Entry, customer_actor, system_actor
from customers.models import Customer, CustomerIdentifier
from tests.at_once import all_at_once
from tests.factories import CustomerFactory, actor
from tests.tickets.chat.entries.conftest import OPENID
from tickets.chat.assignment.actions import chat_request
from tickets.chat.entries.inbound import customer_wrote
from tickets.chat.lifecycle.actions import chat_end
from tickets.chat.messages.actions import agent_say
from tickets.models import Chat, ChatMessage, Sender

pytestmark = pytest.mark.django_db


def test_somebody_nobody_knows_becomes_a_customer_with_a_chat(write, lisi):
    message = write("你好", name="王小姐")
    chat = Chat.objects.get()
    assert (message.chat, message.content, message.sender) == (chat, "你好", Sender.CUSTOMER)
    assert (chat.customer.name, chat.entry, chat.address) == ("王小姐", "letters", OPENID)
    assert chat.agent == lisi
    assert chat.last_customer_at is not None
    assert chat.waiting_since is not None
    known = CustomerIdentifier.objects.get()
    assert (known.customer, known.channel, known.address) == (chat.customer, "WECHAT", OPENID)


def test_a_customer_whose_address_we_have_is_not_doubled(write, lisi):
    customer = CustomerFactory()
    CustomerIdentifier.objects.create(customer=customer, channel="WECHAT", address=OPENID)
    assert write().chat.customer == customer
    assert write("还在吗").chat.customer == customer
    assert Customer.objects.count() == 1
    assert Chat.objects.count() == 1


def test_the_same_message_of_the_platform_is_nothing_twice(write, lisi):
    first = write("你好", external_id="same")
    assert write("你好", external_id="same") == first
    assert ChatMessage.objects.filter(sender=Sender.CUSTOMER).count() == 1


def test_nothing_of_a_blocked_customer_is_stored(write, lisi):
    customer = CustomerFactory(blocked_at="2026-01-01T00:00:00Z")
    CustomerIdentifier.objects.create(customer=customer, channel="WECHAT", address=OPENID)
    assert write("让我进来") is None
    assert not ChatMessage.objects.exists()
    assert not Chat.objects.exists()


def test_words_that_no_message_can_hold_are_tidied_not_refused(write, lisi):
    assert write("甲\x00乙\x1b\r\n丙").content == "甲乙\n丙"
    assert write("\x00 ").content == "（空消息）"
    assert len(write("长" * 9000).content) == 5000


def test_an_entry_nobody_registered_is_refused(write, lisi):
    with pytest.raises(InvalidInputError):
        write(entry="pigeon")


def test_a_message_stands_and_falls_with_its_transaction(write, lisi):
    with pytest.raises(RuntimeError), transaction.atomic():
        write()
        raise RuntimeError
    assert not Customer.objects.exists()
    assert not ChatMessage.objects.exists()


def end(chat, minutes_ago=0):
    chat_end(chat_id=chat.pk, actor=system_actor())
    ended_at = timezone.now() - timedelta(minutes=minutes_ago)
    Chat.objects.filter(pk=chat.pk).update(ended_at=ended_at)


def test_a_word_just_after_the_end_goes_on_with_the_same_chat(write, lisi):
    chat = write("你好").chat
    end(chat, minutes_ago=9)
    assert write("谢谢").chat == chat
    end(chat, minutes_ago=11)
    assert write("又坏了").chat != chat


def test_whoever_has_an_answer_held_for_them_gets_it_when_they_write_again(write, lisi):
    chat = write("你好").chat
    for number in range(6):
        agent_say(chat_id=chat.pk, actor=actor(lisi), content=f"第{number}条")
    end(chat, minutes_ago=600)
    ChatMessage.objects.filter(status="sending").update(
        status="sent", sent_at=timezone.now() - timedelta(hours=10)
    )
    assert write("在吗").chat == chat
    assert not ChatMessage.objects.filter(status="held").exists()


def test_notices_that_nobody_needs_cost_the_customer_nothing(write, lisi):
    chat = write("你好").chat
    chat.refresh_from_db()
    assert chat.sends_left == 5
    assert chat.messages.get(sender=Sender.SYSTEM).visibility == "internal", "李四 已接入"


def test_with_nobody_on_the_customer_is_told_so_out_of_their_budget(write):
    chat = write("你好").chat
    told = chat.messages.filter(sender=Sender.SYSTEM, visibility="public")
    assert [one.status for one in told] == ["sending", "sending"], "nobody is on; your ticket"
    chat.refresh_from_db()
    assert chat.sends_left == 3


def test_what_waits_for_one_entry_is_read_at_the_one_the_customer_moves_to(write, lisi):
    chat = write("你好").chat
    for number in range(6):
        agent_say(chat_id=chat.pk, actor=actor(lisi), content=f"第{number}条")
    customer = chat.customer
    chat_request(customer=customer, entry="web", actor=customer_actor(customer, Entry.WEB))
    waiting = chat.messages.filter(sender=Sender.AGENT).order_by("number")
    assert list(waiting.values_list("status", flat=True)) == ["sending", *["sent"] * 5]


@pytest.mark.services_only
@pytest.mark.django_db(transaction=True)
def test_a_strangers_messages_at_once_make_one_customer_and_one_chat(letters, lisi):
    def knock(number):
        return lambda: customer_wrote(
            entry="letters", address=OPENID, content="在吗", external_id=f"M{number % 4}"
        )

    assert all_at_once([knock(number) for number in range(8)]) == []
    assert Customer.objects.count() == 1
    assert Chat.objects.count() == 1
    assert ChatMessage.objects.filter(sender=Sender.CUSTOMER).count() == 4
