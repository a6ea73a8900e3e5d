"""A chat becomes a ticket with everything that was said."""

from typing import Any

import pytest
from django.db import transaction

from customers.actors import system_actor
from tests.tickets.chat.lifecycle.scene import OWN, TEAM, begin, says
from tickets.chat import trail
from tickets.chat.lifecycle import ticketing
from tickets.models import Chat, ChatEventKind, ChatMessageType, Ticket

pytestmark = pytest.mark.django_db


def test_the_ticket_holds_the_conversation_and_the_customer_is_told_its_number(
    api: Any, chat: Chat, lisi: Any, zhangsan: Any
):
    says(chat, None, "打印机连不上网")
    says(chat, lisi, "请问型号是？")
    answer = api(lisi).post(
        f"{TEAM}/{chat.pk}/to-ticket", {"priority": "high", "product": "打印机"}, format="json"
    )
    assert answer.status_code == 201, answer.content
    ticket = Ticket.objects.get()
    assert answer.json()["id"] == ticket.pk
    assert (ticket.title, ticket.priority, ticket.product) == ("打印机连不上网", "high", "打印机")
    assert ticket.customer == chat.customer
    assert "张三：打印机连不上网" in ticket.description
    assert "李四：请问型号是？" in ticket.description
    card = chat.messages.get(type=ChatMessageType.CARD)
    assert card.data["ticket_id"] == ticket.pk
    assert chat.events.get().kind == ChatEventKind.TICKETED
    shown = api(zhangsan).get(f"{OWN}/{chat.pk}").json()
    assert shown["ticket_id"] == ticket.pk


def test_asked_again_it_is_the_same_ticket(api: Any, chat: Chat, lisi: Any):
    says(chat, None, "打印机连不上网")
    first = api(lisi).post(f"{TEAM}/{chat.pk}/to-ticket", {}, format="json")
    again = api(lisi).post(f"{TEAM}/{chat.pk}/to-ticket", {"title": "x"}, format="json")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert Ticket.objects.count() == 1


def test_a_wrong_priority_is_named(api: Any, chat: Chat, lisi: Any):
    answer = api(lisi).post(f"{TEAM}/{chat.pk}/to-ticket", {"priority": "now"}, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "priority"


def test_a_long_conversation_fits_with_its_last_words(chat: Chat, lisi: Any):
    for number in range(8):
        says(chat, None, f"{number}" + "很长" * 1000)
    says(chat, None, "最后一句")
    with transaction.atomic():
        ticket = ticketing.ticket_from(
            trail.lock_chat(chat.pk, system_actor()), actor=system_actor()
        )
    assert "最后一句" in ticket.description
    assert "……（之前还有" in ticket.description
    assert len(ticket.description) <= 10_000


def test_what_nobody_was_there_for_becomes_a_ticket_of_the_customers_words(zhangsan: Any):
    waiting = begin(zhangsan.customer)
    with transaction.atomic():
        locked = trail.lock_chat(waiting.pk, system_actor())
        assert ticketing.unattended_ticket(locked, actor=system_actor()) is None
    says(waiting, None, "服务器宕机")
    with transaction.atomic():
        locked = trail.lock_chat(waiting.pk, system_actor())
        ticket = ticketing.unattended_ticket(locked, actor=system_actor())
        trail.save(locked)
    assert ticket is not None
    assert ticket.description == "服务器宕机"
    waiting.refresh_from_db()
    assert waiting.ticket == ticket
