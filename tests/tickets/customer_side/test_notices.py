"""Customers are told what became of their ticket, once, by the first channel that reaches them."""

import importlib
from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.utils import timezone

from config.runtime import store
from customers.actors import Entry, customer_actor
from customers.models import CustomerIdentifier
from messaging.demo.templates import approve_templates
from messaging.models import ChannelAccount, ChannelType, Message, MessageTemplate, OptOut
from tests.factories import CustomerFactory, SmsAccountFactory, actor
from tickets import actions
from tickets.actions.undo import ticket_undo
from tickets.customer_side.links import Audience, opened
from tickets.models import Visibility
from tickets.states import TicketStatus

pytestmark = pytest.mark.django_db

MAIL = "ouyang@example.com"
OPENID = "oAbCdEf1234567890abcde"


@pytest.fixture(autouse=True)
def channels(settings):
    """The words as the migration brings them; SMS and mail are set up, the Official Account is not."""
    settings.MP_APP_ID = ""
    made = importlib.import_module("tickets.migrations.0007_notice_templates")
    made.make(apps, None)
    approve_templates()
    ChannelAccount.objects.create(
        channel=ChannelType.EMAIL,
        code="mail",
        name="邮箱",
        settings={"host": "127.0.0.1", "port": 1, "from_address": "desk@example.com"},
    )
    return SmsAccountFactory()


@pytest.fixture
def customer():
    return CustomerFactory(name="欧阳", phone="+8613800138000")


@pytest.fixture
def told(run_outbox, monkeypatch):
    """What customers were sent since the last look, as (template, message)."""
    monkeypatch.setattr("messaging.sending.work.send_chunk", lambda pk: None)
    seen = set()

    def look():
        from messaging.models import MessageChunk

        MessageChunk.objects.all().delete()
        run_outbox()
        rows = Message.objects.filter(template__code__startswith="ticket_").exclude(pk__in=seen)
        found = list(rows.select_related("template").order_by("pk"))
        seen.update(row.pk for row in found)
        return found

    return look


def codes(messages):
    return [message.template.code for message in messages]


def own_ticket(customer):
    return actions.ticket_create(
        customer=customer,
        description="服务器无法连接",
        actor=customer_actor(customer, Entry.WEB),
    )


def staffs_ticket(customer, user):
    return actions.ticket_create(customer=customer, description="坏了", actor=actor(user))


def resolve(ticket, user):
    actions.ticket_transition(
        ticket_id=ticket.pk, status=TicketStatus.RESOLVED, actor=actor(user), reason="已修复"
    )


def wanted(changed):
    value = {**store.get("ticket.customer_notices"), **changed}
    store.change(key="ticket.customer_notices", value=value, actor=None)
    store.forget_snapshot()


def test_a_customers_own_ticket_is_confirmed_with_their_link(customer, told, client):
    ticket = own_ticket(customer)
    (message,) = told()
    assert message.template.code == "ticket_created_sms"
    assert (message.recipient, message.customer) == (customer.phone, customer)
    assert message.variables["number"] == str(ticket.pk)
    token = message.variables["link_token"]
    assert opened(token).audience is Audience.CUSTOMER
    assert client.get(f"/t/{token}").status_code == 200


def test_a_ticket_that_staff_wrote_down_is_told_of_when_it_is_solved(customer, told, admin):
    ticket = staffs_ticket(customer, admin)
    assert told() == []
    resolve(ticket, admin)
    assert codes(told()) == ["ticket_resolved_sms"]


def test_operators_may_have_staffs_tickets_confirmed_too(customer, told, admin):
    wanted({"created_by_staff": True})
    staffs_ticket(customer, admin)
    assert codes(told()) == ["ticket_created_sms"]


def test_answers_in_a_row_are_one_notice(customer, told, admin):
    ticket = staffs_ticket(customer, admin)
    for words in ("请提供日志", "还有版本号"):
        actions.ticket_reply(ticket_id=ticket.pk, content=words, actor=actor(admin))
    actions.ticket_wait(ticket_id=ticket.pk, actor=actor(admin))
    (message,) = told()
    assert message.variables["reply"] == "请提供日志"
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        actions.ticket_reply(ticket_id=ticket.pk, content="收到了吗", actor=actor(admin))
        assert codes(told()) == ["ticket_replied_sms"]


def test_waiting_for_the_customer_is_told(customer, told, admin):
    ticket = staffs_ticket(customer, admin)
    actions.ticket_wait(ticket_id=ticket.pk, actor=actor(admin), reason="请提供日志")
    assert codes(told()) == ["ticket_waiting_sms"]


def test_what_colleagues_say_among_themselves_is_not_told(customer, told, admin):
    ticket = staffs_ticket(customer, admin)
    actions.ticket_reply(
        ticket_id=ticket.pk, content="难缠", actor=actor(admin), visibility=Visibility.INTERNAL
    )
    assert told() == []


def test_what_customers_do_themselves_is_not_told_to_them(customer, told, admin):
    ticket = staffs_ticket(customer, admin)
    actions.ticket_reply(
        ticket_id=ticket.pk, content="急", actor=customer_actor(customer, Entry.WEB)
    )
    assert told() == []


def test_a_cancelled_and_a_merged_ticket_are_told_of(customer, told, admin):
    first, second = staffs_ticket(customer, admin), staffs_ticket(customer, admin)
    actions.ticket_merge(ticket_id=first.pk, into_id=second.pk, actor=actor(admin))
    actions.ticket_transition(
        ticket_id=second.pk, status=TicketStatus.CANCELLED, actor=actor(admin)
    )
    messages = told()
    assert codes(messages) == ["ticket_cancelled_sms"] * 2
    assert [message.variables["status"] for message in messages] == [
        f"已合并到 #{second.pk}",
        "已取消",
    ]


def test_a_ticket_made_by_mistake_and_taken_back_is_none_of_the_customers(customer, told, admin):
    ticket = staffs_ticket(customer, admin)
    ticket_undo(ticket_id=ticket.pk, sequence=1, actor=actor(admin))
    assert told() == []


def test_a_ticket_that_they_heard_of_is_told_of_when_it_is_taken_back(customer, told, admin):
    wanted({"created_by_staff": True})
    ticket = staffs_ticket(customer, admin)
    assert codes(told()) == ["ticket_created_sms"]
    ticket_undo(ticket_id=ticket.pk, sequence=1, actor=actor(admin))
    assert codes(told()) == ["ticket_cancelled_sms"]


def test_what_is_no_longer_so_is_not_told(customer, told, admin):
    ticket = staffs_ticket(customer, admin)
    resolve(ticket, admin)
    actions.ticket_reopen(ticket_id=ticket.pk, actor=actor(admin))
    assert told() == []


def test_an_event_that_comes_twice_is_told_once(customer, told, admin):
    from config.events.models import OutboxEntry
    from tickets.tasks.notices import notify_customer

    resolve(staffs_ticket(customer, admin), admin)
    (envelope,) = OutboxEntry.objects.filter(name="ticket.resolved").values_list(
        "payload", flat=True
    )
    notify_customer(envelope)
    notify_customer(envelope)
    assert Message.objects.filter(template__code="ticket_resolved_sms").count() == 1


@pytest.mark.parametrize("switch", ["created", "resolved"])
def test_each_notice_can_be_switched_off(customer, told, admin, switch):
    wanted({switch: False})
    resolve(own_ticket(customer), admin)
    assert f"ticket_{switch}_sms" not in codes(told())


# --- By which channel -----------------------------------------------------------------------------


def test_the_first_channel_of_the_operators_order_is_taken(customer, told, admin):
    CustomerIdentifier.objects.create(customer=customer, channel="EMAIL", address=MAIL)
    ticket = staffs_ticket(customer, admin)
    wanted({"channels": ["EMAIL", "SMS"]})
    resolve(ticket, admin)
    (message,) = told()
    assert (message.template.code, message.recipient) == ("ticket_resolved_email", MAIL)


def test_who_opted_out_of_one_is_told_by_the_next(customer, told, admin):
    CustomerIdentifier.objects.create(customer=customer, channel="EMAIL", address=MAIL)
    OptOut.objects.create(channel="SMS", address=customer.phone)
    resolve(staffs_ticket(customer, admin), admin)
    assert codes(told()) == ["ticket_resolved_email"]


def test_a_channel_without_an_account_or_a_template_is_passed_over(customer, told, admin, channels):
    CustomerIdentifier.objects.create(customer=customer, channel="EMAIL", address=MAIL)
    MessageTemplate.objects.filter(code="ticket_resolved_sms").update(status="inactive")
    resolve(staffs_ticket(customer, admin), admin)
    assert codes(told()) == ["ticket_resolved_email"]


def test_a_windowed_channel_comes_last_and_mail_takes_over_from_it(customer, told, admin, settings):
    """The Official Account carries mere words for 48 hours; with a template of the platform, always."""
    settings.MP_APP_ID, settings.MP_APP_SECRET = "wx1", "secret"
    CustomerIdentifier.objects.create(customer=customer, channel="WECHAT", address=OPENID)
    first = staffs_ticket(customer, admin)
    resolve(first, admin)
    assert codes(told()) == ["ticket_resolved_sms"]
    MessageTemplate.objects.filter(code="ticket_resolved_wechat").update(
        options={"template_id": "tmpl", "template_data": {"thing1": "{{title}}"}, "url": "{{link}}"}
    )
    CustomerIdentifier.objects.create(customer=customer, channel="EMAIL", address=MAIL)
    resolve(staffs_ticket(customer, admin), admin)
    (message,) = told()
    assert message.template.code == "ticket_resolved_wechat"
    assert message.fallback_channels == ["EMAIL"]


def test_who_cannot_be_reached_is_not_told_and_nothing_breaks(told, admin):
    resolve(staffs_ticket(CustomerFactory(phone=""), admin), admin)
    assert told() == []


@pytest.mark.parametrize("fields", [{"blocked_at": timezone.now()}, {"erased_at": timezone.now()}])
def test_blocked_and_erased_customers_are_left_alone(customer, told, admin, fields):
    ticket = staffs_ticket(customer, admin)
    for name, value in fields.items():
        setattr(customer, name, value)
    customer.save()
    resolve(ticket, admin)
    assert told() == []
