"""What is the team's alone reaches no customer, by whichever door they look."""

import asyncio
import json

import pytest
from django.test import Client
from django.utils import timezone

from config.api.roles import Role
from customers.models import Customer
from customers.visitors.cookie import COOKIE, visitor_token
from tests.factories import CustomerFactory, UserFactory, actor
from tests.tickets.chat.lifecycle.scene import begin, online
from tests.tickets.chat.live.lines import greeted, opened
from tickets.chat.lifecycle.actions import chat_end
from tickets.chat.lifecycle.handing_on import chat_transfer
from tickets.chat.lifecycle.supervision import chat_listen, chat_whisper
from tickets.chat.lifecycle.ticketing import chat_to_ticket
from tickets.chat.messages.actions import agent_say, customer_say, note_add
from tickets.chat.trail import tell
from tickets.models import ChatMessage

SECRET = "绝密"
pytestmark = pytest.mark.django_db(transaction=True)


def test_no_internal_word_reaches_the_customer(lisi, wangwu, admin, api):
    customer = CustomerFactory(name="张三", phone="+8613800138000")
    zhangsan = UserFactory(username="zhangsan", role=Role.CUSTOMER, customer=customer)
    chat = begin(customer, online(lisi))
    online(wangwu)
    agent, boss = actor(lisi), actor(admin)
    customer_say(chat_id=chat.pk, actor=actor(zhangsan), content="机器坏了")
    agent_say(chat_id=chat.pk, actor=agent, content="您好")
    note = note_add(chat_id=chat.pk, actor=agent, content=f"{SECRET}备注 @王五", client_id=SECRET)
    chat_listen(chat_id=chat.pk, actor=boss)
    chat_whisper(chat_id=chat.pk, actor=boss, content=f"{SECRET}耳语")
    ticket, _ = chat_to_ticket(chat_id=chat.pk, actor=agent)
    chat_transfer(chat_id=chat.pk, actor=agent, to_user=wangwu, note=f"{SECRET}转接")
    chat_end(chat_id=chat.pk, actor=actor(wangwu), reason=f"{SECRET}理由", summary=f"{SECRET}小结")
    own = f"/api/user/customer-service/chats/{chat.pk}"
    client = api(zhangsan)
    pages = [
        client.get(address)
        for address in (
            own,
            f"{own}/messages",
            f"{own}/messages?after=0&limit=200",
            f"{own}/messages?before=99",
            "/api/user/customer-service/chats",
            "/api/user/customer-service/queue-status",
            f"/api/tickets/{ticket.pk}",
            f"/api/tickets/{ticket.pk}/events",
            "/api/tickets",
            f"/api/v1/customers/{customer.pk}/timeline",
            f"/api/v1/customers/{customer.pk}/profile",
            f"/api/search?q={SECRET}",
            f"{own}/events",
            f"{own}/assignments",
        )
    ]
    pages += [client.post(f"{own}/messages/{note.pk}/{act}") for act in ("mark-read", "recall")]
    assert [page.status_code for page in pages[-2:]] == [404, 404]
    pages.append(client.post(f"{own}/reopen"))
    visitor = Client()
    visitor.cookies[COOKIE] = visitor_token(customer)
    pages += [visitor.get(f"/chat/tickets/{ticket.pk}", follow=True), visitor.get("/chat/")]
    assert pages[-2].status_code == 200

    async def replayed(path, **query):
        async with opened(path, zhangsan, **query) as socket:
            return await greeted(socket)

    told = [*asyncio.run(replayed(f"/ws/chat/{chat.pk}", since=0))]
    assert told
    text = json.dumps(told, ensure_ascii=False) + "".join(p.content.decode() for p in pages)
    assert "机器坏了" in text
    for word in (SECRET, "监听", "whisper", "mentioned", "lisi", "wangwu", "agent_read"):
        assert word not in text, text[text.index(word) - 300 : text.index(word) + 100]


def test_why_a_message_could_not_leave_is_the_teams_to_know(lisi, api):
    customer = CustomerFactory()
    zhangsan = UserFactory(role=Role.CUSTOMER, customer=customer)
    chat = begin(customer, online(lisi))
    message = agent_say(chat_id=chat.pk, actor=actor(lisi), content="您好")
    ChatMessage.objects.filter(pk=message.pk).update(status="failed", error=SECRET)
    tell(chat, "message.status", ids=[message.pk])
    own = f"/api/user/customer-service/chats/{chat.pk}/messages"
    assert SECRET not in api(zhangsan).get(own).content.decode()
    team = f"/api/customer-service/chats/{chat.pk}/messages"
    assert SECRET in api(lisi).get(team).content.decode()

    async def replayed():
        async with opened(f"/ws/chat/{chat.pk}", zhangsan, since=0) as socket:
            return await greeted(socket)

    told = json.dumps(asyncio.run(replayed()), ensure_ascii=False)
    assert "message.status" in told
    assert SECRET not in told


def test_a_blocked_customer_is_refused_without_the_teams_word_for_it(lisi, api):
    customer = CustomerFactory()
    zhangsan = UserFactory(role=Role.CUSTOMER, customer=customer)
    chat = begin(customer, online(lisi))
    chat_end(chat_id=chat.pk, actor=actor(lisi))
    Customer.objects.filter(pk=customer.pk).update(blocked_at=timezone.now())
    refused = api(zhangsan).post(f"/api/user/customer-service/chats/{chat.pk}/reopen")
    assert refused.status_code == 403
    assert "黑名单" not in refused.content.decode()
