"""Merging while others act: nobody waits in a circle, nothing is left behind."""

from collections.abc import Callable
from functools import partial

import pytest

from config.errors import AppError
from customers.actors import Entry, customer_actor, system_actor
from customers.binding import phone_bound
from customers.merging import customers_merge
from customers.merging.gathering import recent_gather
from customers.models import Customer, CustomerEventKind, CustomerIdentifier
from tests.at_once import all_at_once
from tests.factories import CustomerFactory
from tickets.actions import ticket_create
from tickets.chat.entries.inbound import customer_wrote
from tickets.models import OPEN_CHATS, Chat, Ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services_only]
PHONE = "+8613900001111"


def test_one_number_proved_many_times_at_once_is_one_merge():
    owner, guest = CustomerFactory(phone=PHONE), CustomerFactory(phone="")
    who = customer_actor(guest, Entry.WEB)
    acts = [partial(phone_bound, customer=guest, phone=PHONE, actor=who) for _ in range(6)]
    assert all_at_once(acts) == []
    assert owner.events.filter(kind=CustomerEventKind.MERGED).count() == 1


def test_two_guests_of_one_number_at_once_are_its_customer():
    owner = CustomerFactory(phone=PHONE)
    guests = [CustomerFactory(phone="") for _ in range(5)]
    acts = [
        partial(phone_bound, customer=one, phone=PHONE, actor=customer_actor(one, Entry.WEB))
        for one in guests
    ]
    assert all_at_once(acts) == []
    assert Customer.objects.filter(merged_into=owner).count() == 5


def test_both_ways_at_once_one_way_is_gone():
    one, other = CustomerFactory(), CustomerFactory()
    actor = system_actor()
    acts = [
        partial(customers_merge, keep=one, gone=other, actor=actor),
        partial(customers_merge, keep=other, gone=one, actor=actor),
    ] * 3
    assert all_at_once(acts, foreseen=AppError) == []
    assert Customer.objects.filter(merged_into__isnull=False).count() == 1


def test_who_writes_while_they_are_merged_loses_nothing():
    keep, gone = CustomerFactory(), CustomerFactory()
    for one, address in ((keep, "first"), (gone, "second")):
        CustomerIdentifier.objects.create(customer=one, channel="WORK_WECHAT", address=address)
    acts: list[Callable[[], object]] = [
        partial(customers_merge, keep=keep, gone=gone, actor=system_actor())
    ]
    acts += [
        partial(
            customer_wrote,
            entry="wecom_app",
            address=address,
            content=f"第 {number} 句",
            external_id=f"{address}-{number}",
        )
        for number in range(3)
        for address in ("first", "second")
    ]
    late = partial(ticket_create, customer=gone, description="连不上", actor=system_actor())
    acts += [late] * 3
    assert all_at_once(acts) == []
    recent_gather()
    assert Ticket.objects.filter(customer=keep, description="连不上").count() == 3
    assert not Ticket.objects.filter(customer=gone).exists()
    assert not Chat.objects.filter(customer=gone).exists()
    assert Chat.objects.filter(customer=keep, status__in=OPEN_CHATS).count() <= 1
    said = [
        message.content
        for chat in Chat.objects.filter(customer=keep)
        for message in chat.messages.filter(sender="customer")
    ]
    assert len(said) == 6
