"""What a client may send: anything, and nothing of it breaks the server."""

import asyncio
import json

import pytest

from config.sockets import line
from config.sockets.consumer import in_database
from tests.tickets.chat.live.lines import closed, greeted, heard, next_of, opened, tell
from tickets.chat.live import speaking
from tickets.chat.messages.actions import agent_say
from tickets.models import ChatMessage

pytestmark = pytest.mark.django_db(transaction=True)

OURS = "ours"
ODD = [
    {"type": "message.send"},
    {"type": "message.send", "chat_id": "1", "content": "x"},
    {"type": "message.send", "chat_id": True, "content": "x"},
    {"type": "message.send", "chat_id": 10**30, "content": "x"},
    {"type": "message.send", "chat_id": OURS, "content": 5},
    {"type": "message.send", "chat_id": OURS, "content": "\x00"},
    {"type": "message.send", "chat_id": OURS, "content": "\ud800"},
    {"type": "message.send", "chat_id": OURS, "content": "x" * 30_000},
    {"type": "message.send", "chat_id": OURS, "content": "x", "client_id": "y" * 65},
    {"type": "message.send", "chat_id": OURS, "content": "x", "client_id": {"a": 1}},
    {"type": "message.send", "chat_id": OURS, "content": "x", "msg_type": "poem"},
    {"type": "message.send", "chat_id": OURS, "content": "x", "data": [1]},
    {"type": "message.send", "chat_id": OURS, "content": "x", "last_seen": -1},
    {"type": "message.read", "chat_id": 1},
    {"type": "message.read", "chat_id": OURS, "up_to": 1.5},
    {"type": "message.delivered", "chat_id": OURS, "up_to": 10**12},
    {"type": "typing"},
    {"type": "watching", "chat_id": "x"},
    {"type": "no.such.thing"},
]


@pytest.mark.parametrize("said", ODD, ids=lambda said: json.dumps(said)[:60])
def test_a_wrong_frame_is_refused_and_the_line_stays(chat, lisi, said):
    if said.get("chat_id") is OURS:
        said = {**said, "chat_id": chat.pk}

    async def send():
        async with opened("/ws/console", lisi) as socket:
            await greeted(socket)
            await socket.say(json.dumps(said))
            return await heard(socket)

    (answer,) = asyncio.run(send())
    kind = "message.refused" if said["type"] == "message.send" else "error"
    assert answer["type"] == kind
    assert answer["status"] == 400
    assert answer["errors"][0]["attr"]
    assert not ChatMessage.objects.exists()


@pytest.mark.parametrize(
    "text", ["", "[]", "nothing", "{", '{"type": 5}', '"' + "[" * 9999, "9" * 9999]
)
def test_what_is_no_frame_closes_the_line(chat, zhangsan, text):
    async def send():
        async with opened(f"/ws/chat/{chat.pk}", zhangsan) as socket:
            await socket.say(text)
            return await closed(socket)

    assert asyncio.run(send()) == 1003


def test_too_large_a_frame_closes_the_line(chat, zhangsan):
    async def send():
        async with opened(f"/ws/chat/{chat.pk}", zhangsan) as socket:
            await tell(socket, "message.send", content="x" * 70_000)
            return await closed(socket)

    assert asyncio.run(send()) == 1009


def test_who_sends_without_end_is_let_go(chat, zhangsan, monkeypatch):
    monkeypatch.setattr(line, "FRAMES_AT_ONCE", 5)

    async def send():
        async with opened(f"/ws/chat/{chat.pk}", zhangsan) as socket:
            for _ in range(50):
                await tell(socket, "heartbeat")
            return await closed(socket)

    assert asyncio.run(send()) == 1008


def test_another_ones_chat_is_not_found_whatever_is_sent_about_it(chat, wangwu):
    async def send():
        async with opened("/ws/console", wangwu) as socket:
            await greeted(socket)
            await tell(socket, "message.send", chat_id=chat.pk, content="x", client_id="1")
            await tell(socket, "message.read", chat_id=chat.pk, up_to=1)
            await tell(socket, "typing", chat_id=chat.pk)
            return await heard(socket)

    refused, unread = asyncio.run(send())
    assert (refused["type"], refused["status"], refused["client_id"]) == (
        "message.refused",
        404,
        "1",
    )
    assert unread["status"] == 404


def test_a_customers_frame_speaks_of_their_own_chat_whatever_it_names(chat, zhangsan):
    async def send():
        async with opened(f"/ws/chat/{chat.pk}", zhangsan) as socket:
            await tell(socket, "message.send", chat_id=chat.pk + 1, content="你好", client_id="1")
            return await next_of(socket, "message.accepted")

    assert asyncio.run(send())["message"]["chat_id"] == chat.pk


def test_what_nobody_foresaw_is_told_as_such_and_may_be_sent_again(chat, zhangsan, monkeypatch):
    from django.db import OperationalError

    from tickets.chat.live import said

    def away(**_):
        raise OperationalError

    monkeypatch.setattr(said, "customer_say", away)

    async def send():
        async with opened(f"/ws/chat/{chat.pk}", zhangsan) as socket:
            await tell(socket, "message.send", content="你好", client_id="1")
            return await next_of(socket, "message.refused")

    refused = asyncio.run(send())
    assert (refused["status"], refused["client_id"]) == (503, "1")


def test_a_silent_page_is_let_go(chat, zhangsan, monkeypatch):
    monkeypatch.setattr(speaking.SpeakingLine, "silent_seconds", 0.05)

    async def wait():
        async with opened(f"/ws/chat/{chat.pk}", zhangsan) as socket:
            return await closed(socket)

    assert asyncio.run(wait()) == 1001


def test_who_does_not_read_is_dropped_and_the_others_go_on(
    chat, zhangsan, lisi, agent, monkeypatch
):
    monkeypatch.setattr(line, "QUEUED_FRAMES", 3)
    stuck = asyncio.Event()
    said = line.Line.tell

    async def tells(self, encoded):
        if self.scope["path"] == "/ws/console":
            await stuck.wait()
        await said(self, encoded)

    monkeypatch.setattr(line.Line, "tell", tells)

    async def follow():
        async with (
            opened("/ws/console", lisi) as slow,
            opened(f"/ws/chat/{chat.pk}", zhangsan) as quick,
        ):
            await next_of(quick, "hello")
            for number in range(6):
                await in_database(agent_say)(chat_id=chat.pk, actor=agent, content=str(number))
                assert (await next_of(quick, "chat.message"))["message"]["content"] == str(number)
            return await closed(slow)

    assert asyncio.run(follow()) == 1013


def test_messages_are_counted_with_those_of_the_api(chat, zhangsan):
    from config.runtime import store
    from tickets.chat.limits import SETTING

    rates = {**store.get(SETTING), "send_message": {"count": 2, "seconds": 60}}
    store.change(key=SETTING, value=rates, actor=None)

    async def send():
        async with opened(f"/ws/chat/{chat.pk}", zhangsan) as socket:
            for number in range(3):
                await tell(socket, "message.send", content="在吗", client_id=str(number))
            return await next_of(socket, "message.refused")

    refused = asyncio.run(send())
    assert (refused["client_id"], refused["status"]) == ("2", 429)
    assert 0 < refused["retry_after"] <= 60
