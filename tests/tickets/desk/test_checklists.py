"""Steps of a ticket: from templates, by hand, ticked off, taken away; and asked for before resolving."""

import pytest

from tests.factories import CustomerFactory, TicketFactory
from tickets.desk.checklists import checklist_start
from tickets.models import ChecklistItem, ChecklistTemplate

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(lisi):
    return TicketFactory(customer=CustomerFactory(follow_user=lisi), product="云服务器")


def test_a_new_ticket_gets_the_steps_of_its_product_once_each(ticket):
    ChecklistTemplate.objects.create(name="通用", items=["核实客户", "记录日志"])
    ChecklistTemplate.objects.create(name="云", products=["云服务器"], items=["记录日志", "查网络"])
    ChecklistTemplate.objects.create(name="别的", products=["官网"], items=["查备案"])
    ChecklistTemplate.objects.create(name="停用", items=["不再做"], is_active=False)
    checklist_start(ticket)
    items = ticket.checklist.values_list("position", "text")
    assert list(items) == [(1, "核实客户"), (2, "记录日志"), (3, "查网络")]


def test_without_a_template_nothing_is_put_on(ticket):
    checklist_start(ticket)
    assert not ChecklistItem.objects.exists()
