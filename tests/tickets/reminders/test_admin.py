"""Reminders in the operators' admin."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from customers.actors import system_actor
from messaging.models import Message
from tests.factories import CustomerFactory
from tickets.models import TicketReminder
from tickets.reminders.actions import reminders_run
from tickets.states import TicketStatus

pytestmark = pytest.mark.django_db
LIST = reverse("admin:tickets_ticketreminder_changelist")
RUN = reverse("admin:tickets_ticketreminder_run")


@pytest.fixture
def boss(admin):
    client = Client()
    client.force_login(admin)
    return client


@pytest.fixture
def desk(lisi):
    lisi.is_staff = True
    lisi.save()
    lisi.user_permissions.add(Permission.objects.get(codename="view_ticketreminder"))
    client = Client()
    client.force_login(lisi)
    return client


def test_an_administrator_checks_now_and_reads_what_came_of_it(boss, admin, robot, overdue):
    ticket = overdue()
    page = boss.post(RUN, follow=True)
    body = page.content.decode()
    assert "1 个工单超时，本次催促了 1 个" in body
    assert f"#{ticket.pk} {ticket.title}" in body
    assert "管理员" in body
    assert TicketReminder.objects.get().requested_by == admin
    assert Message.objects.get().created_by == admin
    assert "其余刚刚催促过" in boss.post(RUN, follow=True).content.decode()


def test_a_look_alone_reminds_nobody(boss, robot, overdue):
    overdue()
    assert "立即检查超时工单" in boss.get(LIST).content.decode()
    boss.get(RUN)
    assert not TicketReminder.objects.exists()


def test_staff_read_their_own_and_run_nothing(desk, lisi, robot, overdue):
    mine = overdue(assignee=lisi, status=TicketStatus.ASSIGNED, title="我的工单")
    overdue(customer=CustomerFactory(), title="别人的工单")
    reminders_run(actor=system_actor(), by_hand=True)
    body = desk.get(LIST).content.decode()
    assert f"#{mine.pk} 我的工单" in body
    assert "别人的工单" not in body
    assert "立即检查超时工单" not in body
    assert desk.post(RUN).status_code == 403


def test_a_row_leads_to_its_ticket(boss, robot, overdue):
    ticket = overdue()
    reminders_run(actor=system_actor(), by_hand=True)
    row = TicketReminder.objects.get()
    page = boss.get(reverse("admin:tickets_ticketreminder_change", args=[row.pk]))
    assert page.headers["Location"] == reverse("admin:tickets_ticket_change", args=[ticket.pk])


def test_the_list_takes_no_query_a_row(boss, robot, overdue, django_assert_max_num_queries):
    for _ in range(20):
        overdue()
    reminders_run(actor=system_actor(), by_hand=True)
    # What stands beside the navigation is counted every few seconds, not with each page.
    boss.get("/admin/")
    with django_assert_max_num_queries(10):
        boss.get(f"{LIST}?q=客户&kind=overdue")


@pytest.mark.parametrize(
    "query", ["q=%00", "q=99999999999999999999", "kind=x", "p=-1", "q=%ED%A0%80"]
)
def test_odd_queries_are_answered(boss, query):
    assert boss.get(f"{LIST}?{query}").status_code in (200, 302)
