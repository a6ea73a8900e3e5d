"""A follower and an agent: one chat, within what the platform allows (docs/chat-entries.md)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.wechat.official.conftest import OPENID, fields, tell
from tickets.models import Chat, ChatMessage
from wechat.models import OfficialFollower
from wechat.simulator.models import Follower

pytestmark = pytest.mark.django_db(transaction=True)


def says(words, number):
    Follower.objects.update_or_create(openid=OPENID, defaults={"last_message_at": timezone.now()})
    return tell(fields("text", Content=words, MsgId=number))


@pytest.fixture
def write(agent, api, run_outbox):
    def send(words, **more):
        path = f"/api/customer-service/chats/{Chat.objects.get().pk}/messages"
        answer = api(agent).post(path, {"content": words, **more}, format="json")
        while run_outbox():
            pass
        return answer

    return send


def test_a_follower_reaches_an_agent_and_reads_the_answer(platform, client, agent, write):
    says("人工", "1")
    chat = Chat.objects.get()
    assert (chat.entry, chat.address, chat.agent) == ("official_account", OPENID, agent)
    assert chat.customer == OfficialFollower.objects.get().customer
    assert write("您好，请讲").status_code == 201
    assert ChatMessage.objects.filter(content="您好，请讲", status="sent").exists()
    rows = client.get("/sandbox/api/outbox", {"channel": "WECHAT"}).json()["list"]
    assert rows[-1]["payload"]["text"]["content"] == "您好，请讲"
    assert says("打印机坏了", "2").raw == "success", "the agent reads it, the assistant is silent"
    assert list(chat.messages.filter(sender="customer").values_list("content", flat=True))[-1] == (
        "打印机坏了"
    )


def test_the_sixth_answer_waits_until_the_follower_writes_again(
    platform, client, write, run_outbox
):
    says("人工", "1")
    states = [write(f"第{number}条").json()["status"] for number in range(6)]
    assert states[-1] == "held"
    # What left a moment before may be counted in the new window: these left earlier.
    ChatMessage.objects.filter(status="sent").update(sent_at=timezone.now() - timedelta(minutes=1))
    says("还在吗", "2")
    while run_outbox():
        pass
    assert ChatMessage.objects.get(content="第5条").status == "sent"


def test_a_tap_of_the_menu_opens_a_little_window_only_where_none_is_open(platform, write):
    says("人工", "1")
    chat = Chat.objects.get()
    assert (chat.sends_left is not None, chat.window_ends_at is not None) == (True, True)
    Chat.objects.update(window_ends_at=timezone.now() - timedelta(hours=1), sends_left=0)
    tell(fields("VIEW", EventKey="https://x.cn"))
    tell(fields("SCAN", EventKey="shop"))
    chat.refresh_from_db()
    assert chat.sends_left <= 3
    assert chat.window_ends_at - timezone.now() < timedelta(minutes=1)


def test_what_the_platform_would_cut_is_refused(platform, write):
    says("人工", "1")
    answer = write("长" * 683)
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "content")
