"""The agent is told what may answer the customer's last words."""

import pytest

from customers.actors import system_actor
from tests.factories import CustomerFactory, TicketFactory
from tickets.desk.canned_replies import canned_reply_create
from tickets.models import Chat, ChatMessage, TicketEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def chat(lisi, now):
    customer = CustomerFactory(name="王小明")
    return Chat.objects.create(customer=customer, status="active", agent=lisi, queued_at=now)


def say(chat, content, **fields):
    number = chat.messages.count() + 1
    return ChatMessage.objects.create(
        **{"chat": chat, "number": number, "sender": "customer", "content": content} | fields
    )


def ask(api, user, chat):
    return api(user).get(f"/api/customer-service/chats/{chat.pk}/suggestions")


def test_articles_tickets_and_replies_for_the_last_words(api, lisi, chat, shelf, now):
    solved = TicketFactory(
        customer=chat.customer, title="服务器连不上", description="服务器连不上", status="resolved",
        resolved_at=now,
    )  # fmt: skip
    TicketEvent.objects.create(
        ticket=solved, sequence=1, kind="status", to_value="resolved", content="重启网卡",
        actor_name="李四", entry="web",
    )  # fmt: skip
    canned_reply_create(
        shortcut="连不上",
        title="服务器连不上",
        body="{{customer_name}}您好，请发一下实例编号。",
        actor=system_actor(),
        is_team=True,
    )
    say(chat, "你好")
    say(chat, "您好，我是李四", sender="agent")
    say(chat, "我的服务器连不上了")
    told = ask(api, lisi, chat).json()
    assert told["about"] == "你好 我的服务器连不上了"
    assert told["articles"][0]["title"] == "服务器连不上怎么排查"
    assert [(one["id"], one["resolution"]) for one in told["tickets"]] == [(solved.pk, "重启网卡")]
    assert [one["content"] for one in told["replies"]] == ["王小明您好，请发一下实例编号。"]


def test_a_customer_who_has_said_nothing_gets_none(api, lisi, chat, shelf):
    say(chat, "已发图", recalled_at="2026-11-27T08:00:00+08:00")
    told = ask(api, lisi, chat).json()
    assert told == {"about": "", "articles": [], "tickets": [], "replies": []}


def test_a_colleagues_chat_has_none(api, wangwu, chat):
    assert ask(api, wangwu, chat).status_code == 404


def test_it_costs_the_same_however_much_there_is(
    api, lisi, chat, shelf, settings_read_once, django_assert_max_num_queries
):
    for n in range(30):
        say(chat, f"服务器连不上了{n}")
        TicketFactory(customer=chat.customer, title="服务器连不上", description="服务器连不上")
        canned_reply_create(
            shortcut=f"连{n}", title="服务器连不上", body="您好", actor=system_actor(), is_team=True
        )
    with django_assert_max_num_queries(14):
        told = ask(api, lisi, chat).json()
    assert [len(told[part]) for part in ("articles", "tickets", "replies")] != [0, 0, 0]
