"""Customers with whom a colleague deals no more, and files that go along to a ticket."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.actions.block import customer_block
from customers.actions.handover import customers_transfer
from customers.actors import Entry, customer_actor
from tests.factories import CustomerFactory, actor
from tests.tickets.chat.lifecycle.scene import TEAM, begin, load_of, online
from tickets.chat.lifecycle.leaving_customers import chat_hand_over
from tickets.chat.messages.actions import customer_say
from tickets.models import Chat, ChatAgent, ChatStatus, Ticket, Visibility

pytestmark = pytest.mark.django_db


def test_blocking_a_customer_ends_their_chat_and_tells_its_agent(
    chat: Chat, admin: Any, lisi: Any, run_outbox: Any
):
    customer_block(customer_id=chat.customer_id, reason="骚扰", actor=actor(admin))
    run_outbox()
    chat.refresh_from_db()
    assert (chat.status, chat.ended_by) == (ChatStatus.ENDED, "system")
    assert load_of(lisi) == 0
    note = chat.messages.get(visibility=Visibility.INTERNAL)
    assert "黑名单" in note.content
    assert "黑名单" not in str(chat.messages.filter(visibility=Visibility.PUBLIC).values("content"))


def test_a_chat_goes_along_with_its_customer(
    chat: Chat, admin: Any, lisi: Any, wangwu: Any, run_outbox: Any
):
    online(wangwu)
    chat.customer.follow_user = lisi
    chat.customer.save()
    customers_transfer(
        customer_ids=[chat.customer_id],
        from_user=lisi,
        to_user=wangwu,
        reason="on_job",
        message="",
        actor=actor(admin),
    )
    run_outbox()
    chat.refresh_from_db()
    assert chat.agent == wangwu
    assert (load_of(lisi), load_of(wangwu)) == (0, 1)


def test_where_the_taker_has_no_room_the_chat_queues(chat: Chat, lisi: Any, wangwu: Any):
    online(wangwu)
    ChatAgent.objects.filter(user=wangwu).update(max_chats=1)
    begin(CustomerFactory(), wangwu)
    chat_hand_over(chat.pk, lisi, wangwu)
    chat.refresh_from_db()
    assert (chat.status, chat.agent) == (ChatStatus.QUEUED, None)
    assert (load_of(lisi), load_of(wangwu)) == (0, 1)


def test_a_chats_files_become_the_tickets(chat: Chat, lisi: Any, api: Any, run_outbox: Any):
    customer_say(
        chat_id=chat.pk,
        actor=customer_actor(chat.customer, Entry.WEB),
        content="日志",
        upload=SimpleUploadedFile("error.txt", "报错 404".encode(), "text/plain"),
    )
    api(lisi).post(f"{TEAM}/{chat.pk}/to-ticket", {}, format="json")
    run_outbox()
    attachment = Ticket.objects.get().attachments.get()
    assert attachment.name == "error.txt"
    assert attachment.file.read() == "报错 404".encode()
