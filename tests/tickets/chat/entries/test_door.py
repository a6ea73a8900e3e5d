"""The whole way over HTTP: the customer writes, the agent answers, the platform has it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from customers.actors import Entry
from messaging.models import Message
from messaging.sending.work import send_messages
from tests.factories import actor
from tests.tickets.chat.entries.conftest import OPENID, LettersEntry
from tickets.chat.entries import registry, results
from tickets.chat.messages.actions import agent_say
from tickets.models import Chat, ChatFeedEntry, ChatMessage, Sender

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def customer_writes(write, platform, client, lisi) -> Any:
    """As in reality: the platform knows of it as well."""

    def wrote(content: str = "你好") -> Chat:
        body = {"openid": OPENID}
        answer = client.post("/sandbox/api/followers", body, content_type="application/json")
        assert answer.status_code == 200
        return write(content).chat

    return wrote


@pytest.fixture
def answer(lisi) -> Any:
    def say(chat: Chat, content: str) -> ChatMessage:
        return agent_say(chat_id=chat.pk, actor=actor(lisi, Entry.CONSOLE), content=content)

    return say


@pytest.fixture
def received(client) -> Any:
    """What the customer reads on their phone."""

    def look() -> list[str]:
        rows = client.get("/sandbox/api/outbox", {"channel": "WECHAT"}).json()["list"]
        return [row["payload"]["text"]["content"] for row in rows]

    return look


def a_while_passes() -> None:
    """What was sent lies far enough back to be no message of the window that opens next."""
    ChatMessage.objects.update(sent_at=F("sent_at") - timedelta(minutes=1))


def states(chat: Chat) -> list[tuple[str, str]]:
    said = chat.messages.filter(sender=Sender.AGENT).order_by("number")
    return list(said.values_list("content", "status"))


def test_an_answer_reaches_the_platform_and_says_so(customer_writes, answer, received, work_all):
    chat = customer_writes()
    message = answer(chat, "您好，请讲")
    assert (message.status, message.sent_at) == ("sending", None)
    chat.refresh_from_db()
    assert chat.sends_left == 4
    work_all()
    assert received() == ["您好，请讲"]
    message.refresh_from_db()
    assert message.status == "sent", "accepted by the platform: that is all we can know"
    assert message.sent_at is not None
    assert (message.delivered_at, message.read_at) == (None, None)
    carrier = Message.objects.get()
    assert (carrier.customer, carrier.priority) == (chat.customer, 9)
    told = ChatFeedEntry.objects.filter(chat=chat, kind="message.status").get()
    assert told.data == {"ids": [message.pk]}


def test_a_sixth_answer_is_held_until_the_customer_writes_again(
    customer_writes, answer, received, work_all
):
    chat = customer_writes()
    for number in range(1, 8):
        answer(chat, f"第{number}条")
    work_all()
    assert received() == [f"第{number}条" for number in range(1, 6)]
    assert [status for _, status in states(chat)] == ["sent"] * 5 + ["held"] * 2
    chat.refresh_from_db()
    assert chat.sends_left == 0
    a_while_passes()
    customer_writes("好的，还有吗")
    work_all()
    assert received() == [f"第{number}条" for number in range(1, 8)]
    assert {status for _, status in states(chat)} == {"sent"}
    chat.refresh_from_db()
    assert chat.sends_left == 3


def test_answers_arrive_in_the_order_they_were_written(
    customer_writes, answer, received, work_all, client
):
    chat = customer_writes()
    client.post(
        "/sandbox/api/faults",
        {"channel": "WECHAT", "mode": "errcode", "errcode": -1, "count": 1},
        content_type="application/json",
    )
    answer(chat, "一")
    answer(chat, "二")
    work_all()
    assert received() == [], "the second waits for the first, which will be tried again"
    Message.objects.update(due_at=timezone.now())
    send_messages(list(Message.objects.values_list("pk", flat=True)))
    work_all()
    assert received() == ["一", "二"]


def test_when_the_platform_counts_otherwise_its_refusal_is_no_failure(
    customer_writes, answer, received, work_all, client
):
    chat = customer_writes()
    fault = {"channel": "WECHAT", "mode": "errcode", "errcode": 45047, "count": 1}
    client.post("/sandbox/api/faults", fault, content_type="application/json")
    answer(chat, "一")
    answer(chat, "二")
    work_all()
    assert states(chat) == [("一", "held"), ("二", "held")]
    chat.refresh_from_db()
    assert chat.sends_left == 0
    customer_writes("？")
    work_all()
    assert received() == ["一", "二"]


def test_what_the_platform_refuses_for_good_says_why_and_can_be_sent_again(
    customer_writes, answer, received, work_all, client, api, lisi
):
    chat = customer_writes()
    fault = {"channel": "WECHAT", "mode": "errcode", "errcode": 48001, "count": 1}
    client.post("/sandbox/api/faults", fault, content_type="application/json")
    message = answer(chat, "您好")
    work_all()
    message.refresh_from_db()
    assert message.status == "failed"
    assert "没有这个接口的权限" in message.error
    chat.refresh_from_db()
    assert chat.waiting_since is not None, "nothing has reached the customer"
    assert chat.reply_due_at is not None
    assert chat.sends_left == 5, "what never left costs nothing"
    path = f"/api/customer-service/chats/{chat.pk}/messages/{message.pk}/resend"
    again = api(lisi).post(path)
    assert (again.status_code, again.json()["status"]) == (200, "sending")
    work_all()
    assert received() == ["您好"]
    assert api(lisi).post(path).status_code == 409


def test_a_held_draft_can_be_dropped(customer_writes, answer, received, work_all, api, lisi):
    chat = customer_writes()
    messages = [answer(chat, f"第{number}条") for number in range(1, 8)]
    work_all()
    path = f"/api/customer-service/chats/{chat.pk}/messages/{{}}"
    assert api(lisi).delete(path.format(messages[0].pk)).status_code == 409, "it has left"
    assert api(lisi).delete(path.format(messages[5].pk)).status_code == 204
    a_while_passes()
    customer_writes("好")
    work_all()
    assert received()[5:] == ["第7条"]


def test_a_result_that_nobody_told_is_found_by_the_net(
    customer_writes, answer, work_all, monkeypatch
):
    chat = customer_writes()
    monkeypatch.setattr("messaging.sending.followed._followers", {})
    message = answer(chat, "您好")
    work_all()
    message.refresh_from_db()
    assert message.status == "sending"
    assert results.settle_overdue() == 1
    message.refresh_from_db()
    assert message.status == "sent"
    assert results.settle_overdue() == 0


def test_an_unanswered_call_is_not_called_sent_nor_lost(customer_writes, answer, work_all, client):
    chat = customer_writes()
    fault = {"channel": "WECHAT", "mode": "timeout", "seconds": 0.1, "count": 1}
    client.post("/sandbox/api/faults", fault, content_type="application/json")
    message = answer(chat, "您好")
    work_all()
    Message.objects.filter(pk=message.carrier_id).update(status="uncertain")
    results.carriers_settle(carriers=[message.carrier_id])
    message.refresh_from_db()
    assert (message.status, message.sent_at) == ("failed", None)
    assert "可能已经送达" in message.error


def test_what_fails_on_a_former_entry_costs_and_gives_the_new_one_nothing(
    customer_writes, answer, write, client, work_all, monkeypatch
):
    chat = customer_writes()
    fault = {"channel": "WECHAT", "mode": "errcode", "errcode": 48001, "count": 1}
    client.post("/sandbox/api/faults", fault, content_type="application/json")
    answer(chat, "您好")
    other = type("Other", (LettersEntry,), {"code": "others", "label": "别处"})()
    monkeypatch.setitem(registry._entries, other.code, other)
    write("我换到这里了", entry="others")
    chat.refresh_from_db()
    assert (chat.entry, chat.sends_left) == ("others", 5)
    work_all()
    chat.refresh_from_db()
    assert states(chat) == [("您好", "failed")]
    assert chat.sends_left == 5
