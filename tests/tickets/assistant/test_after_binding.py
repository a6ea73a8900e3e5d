"""A fault that waited for the phone: bound, or never bound, it becomes a ticket."""

from datetime import timedelta

import pytest
from django.utils import timezone

from config.events.publish import publish
from customers.models import Customer
from tests.factories import CustomerFactory
from tests.tickets.assistant.conftest import OPENID
from tickets.assistant.after_binding import make_waiting_tickets
from tickets.models import AssistantSession, AssistantTurn, Ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bind(letters, run_outbox):
    def bound(customer: Customer, was: Customer | None = None) -> None:
        publish(
            "customer.bound",
            {
                "customer_id": customer.pk,
                "was_customer_id": (was or customer).pk,
                "entry": letters.code,
                "address": OPENID,
            },
        )
        run_outbox()

    return bound


def test_the_ticket_is_made_for_whom_they_turned_out_to_be(hear, said, bind):
    hear("我的服务器连不上了，很急")
    kept = CustomerFactory(phone="+8613800138000")
    bind(kept, was=Customer.objects.exclude(pk=kept.pk).get())
    ticket = Ticket.objects.get()
    assert (ticket.customer, ticket.priority) == (kept, "urgent")
    assert ticket.description == "我的服务器连不上了，很急"
    assert "绑定成功" in said()[-1]
    assert f"#{ticket.pk}" in said()[-1]
    turn = AssistantTurn.objects.latest("pk")
    assert (turn.action, turn.ticket) == ("create_ticket", ticket)


def test_without_a_fault_they_are_told_that_it_worked(hear, said, bind):
    hear("你好")
    bind(Customer.objects.get())
    assert "绑定成功" in said()[-1]
    assert not Ticket.objects.exists()


def test_who_never_binds_gets_a_ticket_after_a_while(hear, said):
    hear("打印机打不开了")
    assert make_waiting_tickets() == 0
    later = timezone.now() + timedelta(minutes=11)
    assert make_waiting_tickets(later) == 1
    assert make_waiting_tickets(later) == 0
    assert Ticket.objects.get().description == "打印机打不开了"
    assert f"#{Ticket.objects.get().pk}" in said()[-1]
    assert AssistantSession.objects.get().slots == {}
