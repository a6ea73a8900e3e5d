"""The operators' admin: every page opens, every act goes through the same actions."""

import re

import pytest
from django.contrib import admin as django_admin
from django.urls import reverse

from config.api.keys import ApiKey
from customers.models import Customer
from messaging.models import ChannelAccount, Message, MessageStatus
from messaging.sending.accept import NewMessage, message_accept
from tests.factories import CustomerFactory, RobotFactory, TicketFactory, UserFactory, actor
from tickets import actions
from tickets.models import Ticket
from wechat.models import Callback, CallbackSource

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client, admin):
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def desk(client):
    """A member of staff in the admin."""

    def login(user):
        user.is_staff = True
        user.save()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return login


@pytest.fixture
def world(lisi):
    ticket = TicketFactory(assignee=lisi, status="assigned")
    RobotFactory()
    message = message_accept(
        NewMessage(
            channel="AI",
            recipient="group",
            payload={
                "response_url": "https://qyapi.weixin.qq.com/secret-code",
                "msgtype": "markdown",
            },
        )
    )
    Callback.objects.create(
        source=CallbackSource.AIBOT,
        dedupe_key="m1",
        payload={
            "response_url": "https://qyapi.weixin.qq.com/secret-code",
            "text": {"content": "你好"},
        },
    )
    ApiKey.objects.create_key(name="对接方", scopes=["tickets:read"])
    return ticket, message


OWN = [
    model
    for model in django_admin.site._registry
    if model._meta.app_label in ("config", "customers", "messaging", "tickets", "wechat")
]


@pytest.mark.parametrize("model", OWN, ids=lambda model: model._meta.label)
def test_every_list_and_page_opens(operator, world, model):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    page = operator.get(reverse(f"{name}_changelist"))
    assert page.status_code == 200
    for row in model.objects.all()[:2]:
        change = operator.get(reverse(f"{name}_change", args=[row.pk]))
        assert change.status_code == 200
        assert b"secret-code" not in change.content


def test_a_list_of_tickets_asks_a_bounded_number_of_questions(
    operator, lisi, django_assert_max_num_queries
):
    for _ in range(30):
        TicketFactory(assignee=lisi)
    # What stands beside the navigation is counted every few seconds, not with each page.
    operator.get(reverse("admin:index"))
    with django_assert_max_num_queries(15):
        operator.get(reverse("admin:tickets_ticket_changelist"))


def act(client, name, rows, **fields):
    return client.post(
        reverse(f"admin:{name}_changelist"),
        {"action": fields.pop("action"), "_selected_action": [row.pk for row in rows], **fields},
        follow=True,
    )


def test_assigning_asks_whom_and_then_does_it_by_the_action(operator, admin, lisi):
    tickets = [TicketFactory(), TicketFactory()]
    asked = act(operator, "tickets_ticket", tickets, action="assign_selected")
    assert "李四" in asked.content.decode()
    assert not Ticket.objects.filter(assignee=lisi).exists()
    done = act(
        operator, "tickets_ticket", tickets, action="assign_selected", assignee=lisi.pk, confirmed=1
    )
    assert "2 个工单已分配" in done.content.decode()
    event = tickets[0].events.get()
    assert (event.entry, event.actor) == ("admin", admin)
    assert Ticket.objects.filter(assignee=lisi, status="assigned").count() == 2


def test_resolving_says_what_was_refused_and_does_the_rest(operator):
    open_one, closed = TicketFactory(), TicketFactory(status="cancelled")
    chosen = [open_one, closed]
    asked = act(operator, "tickets_ticket", chosen, action="resolve_selected").content.decode()
    assert "标记为已解决：1 个工单" in asked
    assert "将跳过 1 个工单" in asked
    assert "已取消的工单不能变为已解决" in asked
    open_one.refresh_from_db()
    assert open_one.status == "pending", "asked first"
    page = act(operator, "tickets_ticket", chosen, action="resolve_selected", confirmed=1)
    text = page.content.decode()
    assert "1 个工单已标记为已解决" in text
    assert "跳过 1 个工单：已取消的工单不能变为已解决" in text
    open_one.refresh_from_db()
    assert open_one.status == "resolved"


def edit(client, ticket, **changes):
    fields = {
        "title": ticket.title,
        "description": ticket.description,
        "product": ticket.product,
        "priority": ticket.priority,
        "progress": ticket.progress,
        "deadline_0": ticket.deadline.astimezone().strftime("%Y-%m-%d"),
        "deadline_1": "23:59:59",
        "seen_version": ticket.version,
        "events-TOTAL_FORMS": 0,
        "events-INITIAL_FORMS": 0,
        **changes,
    }
    return client.post(
        reverse("admin:tickets_ticket_change", args=[ticket.pk]), fields, follow=True
    )


def test_an_edit_leaves_its_event(operator):
    ticket = TicketFactory()
    edit(operator, ticket, title="新标题")
    event = ticket.events.get()
    assert event.changes["title"] == ["服务器无法连接", "新标题"]


def test_a_page_that_somebody_made_old_saves_nothing(operator, admin):
    ticket = TicketFactory()
    actions.ticket_set_progress(ticket_id=ticket.pk, percent=10, actor=actor(admin))
    page = edit(operator, ticket, title="旧页面上的标题")
    assert "已被管理员修改" in page.content.decode()
    ticket.refresh_from_db()
    assert ticket.title == "服务器无法连接"


def test_resending_queues_what_failed_and_refuses_the_rest(operator, world):
    _, message = world
    page = act(operator, "messaging_message", [message], action="resend_selected")
    assert "不能重发" in page.content.decode()
    Message.objects.update(status=MessageStatus.FAILED)
    page = act(operator, "messaging_message", [message], action="resend_selected", confirmed=1)
    assert "1 条消息已重新排队" in page.content.decode()


def test_a_secret_goes_in_and_never_comes_out(operator):
    secret = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abcdef-1234"
    fields = {
        "channel": "GROUP_BOT",
        "code": "b1",
        "name": "机器人",
        "is_active": "on",
    }
    url = reverse("admin:messaging_channelaccount_add")
    refused = operator.post(url, {**fields, "webhook_url": "http://10.0.0.1/hook"})
    assert "主机不在允许名单内" in refused.content.decode()
    assert not ChannelAccount.objects.exists()
    operator.post(url, {**fields, "webhook_url": secret})
    account = ChannelAccount.objects.get()
    assert account.secrets == {"webhook_url": secret}
    change = reverse("admin:messaging_channelaccount_change", args=[account.pk])
    for page in (change, reverse("admin:messaging_channelaccount_changelist")):
        assert b"abcdef-1234" not in operator.get(page).content
    operator.post(change, {**fields, "name": "改名", "webhook_url": ""})
    account.refresh_from_db()
    assert (account.name, account.secrets["webhook_url"]) == ("改名", secret)


def test_an_api_key_is_shown_once(operator):
    page = operator.post(
        reverse("admin:config_apikey_add"),
        {"name": "对接方", "scopes": ["tickets:read"]},
        follow=True,
    )
    text = page.content.decode()
    key = ApiKey.objects.get()
    shown = re.search(rf"{key.prefix}\.\w{{32}}", text)
    assert shown
    assert ApiKey.objects.is_valid(shown[0])
    again = operator.get(reverse("admin:config_apikey_change", args=[key.pk]))
    assert shown[0] not in again.content.decode()


def test_a_customers_phone_is_stored_as_e164_however_it_was_typed(operator):
    fields = {
        "name": "张三", "phone": "138 0013 8000", "gender": 0, "channel": "staff", "status": 0,
        "type": 1, "add_time_0": "2026-01-01", "add_time_1": "00:00:00",
    }  # fmt: skip
    operator.post(reverse("admin:customers_customer_add"), fields)
    assert Customer.objects.get().phone == "+8613800138000"
    bad = operator.post(reverse("admin:customers_customer_add"), {**fields, "phone": "12"})
    assert "不是有效的电话号码" in bad.content.decode()


def test_staff_see_in_the_admin_what_they_see_everywhere(desk, lisi):
    own, foreign = CustomerFactory(name="自己的", follow_user=lisi), CustomerFactory(name="别人的")
    TicketFactory(customer=own, title="自己的工单")
    hidden = TicketFactory(customer=foreign, title="别人的工单")
    client = desk(lisi)
    tickets = client.get(reverse("admin:tickets_ticket_changelist")).content.decode()
    assert "自己的工单" in tickets
    assert "别人的工单" not in tickets
    assert (
        "别人的" not in client.get(reverse("admin:customers_customer_changelist")).content.decode()
    )
    page = client.get(reverse("admin:tickets_ticket_change", args=[hidden.pk]))
    assert page.status_code == 302
    assert client.get(reverse("admin:messaging_message_changelist")).status_code == 403
    assert client.get(reverse("admin:customers_user_changelist")).status_code == 403
    assert client.get(reverse("admin:messaging_channelaccount_changelist")).status_code == 403


def test_a_customer_does_not_get_in(client):
    client.force_login(
        UserFactory(role="customer"), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert client.get(reverse("admin:index")).status_code == 302
