"""Acts on many rows: asked first, by POST alone, with what is left out and why."""

import pytest
from django.contrib import admin as django_admin
from django.contrib.admin.models import LogEntry
from django.test import RequestFactory
from django.urls import reverse

from customers.models import Customer, Tag
from messaging.models import ChannelCircuit
from tests.factories import CustomerFactory, TagFactory, TicketFactory
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
TICKETS = reverse("admin:tickets_ticket_changelist")
TAGS = reverse("admin:customers_tag_changelist")


@pytest.fixture
def operator(client, admin):
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    return client


def ticked(action, rows, **given):
    return {"action": action, "_selected_action": [row.pk for row in rows], **given}


def test_every_act_on_many_rows_of_any_list_asks_first(admin):
    request = RequestFactory().get("/")
    request.user = admin
    for model, page in django_admin.site._registry.items():
        for name, (function, *_) in page.get_actions(request).items():
            assert hasattr(function, "asks_first"), f"{model._meta.label}: {name}"
            assert function.asks_first.effect
    assert "delete_selected" not in dict(django_admin.site.actions)


def test_nothing_happens_by_get(operator):
    ticket = TicketFactory()
    operator.get(TICKETS, ticked("resolve_selected", [ticket], confirmed="1"))
    ticket.refresh_from_db()
    assert ticket.status == "pending"


def test_the_question_names_the_act_the_rows_and_whom_it_leaves_out(operator):
    good = [TicketFactory(title=f"打印机卡纸{n}") for n in range(12)]
    closed = TicketFactory(title="不用管了", status="cancelled")
    page = operator.post(TICKETS, ticked("resolve_selected", [*good, closed])).content.decode()
    assert "标记为已解决：12 个工单" in page
    assert "客户会收到处理结果与评价邀请" in page
    assert "打印机卡纸0" in page
    assert "另外 2 个工单" in page
    assert "将跳过 1 个工单" in page
    assert "已取消的工单不能变为已解决" in page
    assert not Ticket.objects.filter(status="resolved").exists()


def test_a_choice_that_changed_meanwhile_is_asked_again(operator):
    rows = [TicketFactory(), TicketFactory()]
    given = {"confirmed": "1", "counted": "1", "select_across": "1"}
    page = operator.post(TICKETS, ticked("resolve_selected", rows, **given))
    assert "所选内容刚刚有变化" in page.content.decode()
    assert not Ticket.objects.filter(status="resolved").exists()


def test_what_cannot_be_done_to_any_row_has_no_button(operator):
    circuit = ChannelCircuit.objects.create(key="SMS:1", is_open=False)
    place = reverse("admin:messaging_channelcircuit_changelist")
    page = operator.post(place, ticked("close_selected", [circuit])).content.decode()
    assert "没有可以立即恢复发送的内容" in page
    assert 'class="op-button' not in page.replace("op-buttons", "")


def test_too_many_at_once_are_refused(operator):
    place = reverse("admin:customers_customer_changelist")
    CustomerFactory.create_batch(501, phone="")
    every = Customer.objects.order_by("pk")[:1]
    given = ticked("block_selected", every, select_across="1")
    assert "一次最多 500 位客户" in operator.post(place, given, follow=True).content.decode()


def test_what_is_deleted_is_asked_about_and_remembered(operator, admin):
    tags = [TagFactory(name="临时"), TagFactory(name="保留")]
    asked = operator.post(TAGS, ticked("delete_chosen", tags[:1])).content.decode()
    assert "不能恢复" in asked
    assert Tag.objects.count() == 2
    operator.post(TAGS, ticked("delete_chosen", tags[:1], confirmed="1"))
    assert list(Tag.objects.values_list("name", flat=True)) == ["保留"]
    entry = LogEntry.objects.latest("pk")
    assert (entry.user, entry.object_repr) == (admin, str(tags[0]))
    assert entry.get_change_message() == "批量操作：删除"
    assert entry.is_deletion()


def test_each_row_that_was_acted_on_has_its_entry(operator):
    rows = [TicketFactory(), TicketFactory()]
    operator.post(TICKETS, ticked("resolve_selected", rows, confirmed="1"))
    said = LogEntry.objects.filter(change_message="批量操作：标记为已解决")
    assert {int(entry.object_id) for entry in said} == {row.pk for row in rows}
