"""A member of the corporation who is no colleague talks with an agent through the WeCom app."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from config.runtime import store
from customers.models import CustomerIdentifier
from tests.factories import CustomerFactory, UserFactory
from tickets.models import AgentPresence, Chat, ChatAgent, ChatMessage, Sender
from wechat.chat_entry import said
from wechat.models import Callback

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def agent(lisi) -> Any:
    ChatAgent.objects.create(user=lisi)
    AgentPresence.objects.create(
        user=lisi, status="online", holds_until=timezone.now() + timedelta(hours=8)
    )
    return lisi


@pytest.fixture
def work_all(run_outbox) -> Any:
    def run() -> None:
        for thread in threading.enumerate():
            if thread.name.startswith("sandbox-callback"):
                thread.join(timeout=20)
        while run_outbox():
            pass

    return run


@pytest.fixture
def zhaoliu_says(platform, client, work_all) -> Any:
    """On the sandbox's page, to the app; the callback comes over HTTP."""

    def say(content: str, user: str = "zhaoliu") -> None:
        answer = client.post(
            f"/sandbox/api/chats/app:{user}/messages",
            {"from": user, "content": content},
            content_type="application/json",
        )
        assert answer.status_code == 201
        work_all()

    return say


@pytest.fixture
def zhaoliu_sees(client) -> Any:
    def look(user: str = "zhaoliu") -> list[str]:
        rows = client.get(f"/sandbox/api/chats/app:{user}/messages").json()["list"]
        return [
            row["content"].get("text", {}).get("content", "")
            for row in rows
            if row["sender"] == "app"
        ]

    return look


def test_a_member_who_is_no_colleague_reaches_an_agent_and_reads_the_answer(
    zhaoliu_says, zhaoliu_sees, agent, api, work_all
):
    zhaoliu_says("人工")
    chat = Chat.objects.get()
    assert (chat.entry, chat.address, chat.agent) == ("wecom_app", "zhaoliu", agent)
    assert chat.customer.name == "企业微信用户 zhaoliu"
    path = f"/api/customer-service/chats/{chat.pk}/messages"
    sent = api(agent).post(path, {"content": "您好，请讲"}, format="json")
    assert (sent.status_code, sent.json()["status"]) == (201, "sending")
    work_all()
    assert ChatMessage.objects.get(pk=sent.json()["id"]).status == "sent"
    assert zhaoliu_sees()[-1] == "您好，请讲"
    zhaoliu_says("打印机坏了")
    assert Chat.objects.count() == 1
    said_so_far = chat.messages.filter(sender=Sender.CUSTOMER).values_list("content", flat=True)
    assert list(said_so_far) == ["人工", "打印机坏了"]


def test_before_a_person_the_assistant_answers(zhaoliu_says, zhaoliu_sees, agent):
    zhaoliu_says("你好")
    assert "智能助手" in zhaoliu_sees()[-1]
    zhaoliu_says("我的服务器连不上了，很急")
    assert "手机" in zhaoliu_sees()[-1]
    assert not Chat.objects.exists()


def test_the_same_words_twice_arrive_twice(zhaoliu_says, zhaoliu_sees, agent, api, work_all):
    zhaoliu_says("人工")
    path = f"/api/customer-service/chats/{Chat.objects.get().pk}/messages"
    for _ in range(2):
        api(agent).post(path, {"content": "好的"}, format="json")
    work_all()
    assert zhaoliu_sees().count("好的") == 2


def test_a_colleagues_message_to_the_app_remains_a_command(zhaoliu_says, zhaoliu_sees, agent):
    zhaoliu_says("/帮助", user="lisi")
    assert not Chat.objects.exists()
    assert "/创建工单" in Callback.objects.get().reply
    assert len(zhaoliu_sees("lisi")) == 1


def test_a_switched_off_colleague_does_not_become_a_customer(zhaoliu_says, agent):
    UserFactory(username="zhaoliu", is_active=False)
    zhaoliu_says("你好")
    assert not Chat.objects.exists()
    assert "没有登记" in Callback.objects.get().reply


def test_strangers_may_be_kept_out_but_known_customers_come_in(zhaoliu_says, agent):
    store.change(key="chat.wecom_app_strangers", value=False, actor=None)
    store.forget_snapshot()
    zhaoliu_says("人工")
    assert not Chat.objects.exists()
    customer = CustomerFactory()
    CustomerIdentifier.objects.create(customer=customer, channel="WORK_WECHAT", address="zhaoliu")
    zhaoliu_says("人工")
    assert Chat.objects.get().customer == customer


def test_a_text_beyond_the_platforms_length_is_refused_not_cut(zhaoliu_says, agent, api):
    zhaoliu_says("人工")
    path = f"/api/customer-service/chats/{Chat.objects.get().pk}/messages"
    answer = api(agent).post(path, {"content": "长" * 683}, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "content")
    assert not ChatMessage.objects.filter(sender=Sender.AGENT).exists()


def test_a_picture_is_named_and_shown_by_its_address():
    picture = {"MsgType": "image", "PicUrl": "https://wework.qpic.cn/1", "MediaId": "M"}
    assert said(picture) == "[图片] https://wework.qpic.cn/1"
    assert said({"MsgType": "link", "Title": "手册", "Url": "https://x.cn"}) == (
        "[链接] 手册 https://x.cn"
    )
    assert said({"MsgType": "hologram"}) == "[消息]"
