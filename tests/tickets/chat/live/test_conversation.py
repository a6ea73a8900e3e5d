"""`/ws/console` and `/ws/chat/{id}`: a conversation through both sockets (contract.md §7)."""

import asyncio

import pytest

from config.sockets.consumer import in_database
from tests.tickets.chat.live.lines import frames_until, greeted, next_of, opened, tell
from tickets.chat.messages.actions import agent_say, customer_say, note_add
from tickets.models import ChatFeedEntry

pytestmark = pytest.mark.django_db(transaction=True)


def test_both_sides_talk_and_see_how_far_their_words_have_come(chat, lisi, zhangsan):
    async def converse():
        async with (
            opened("/ws/console", lisi) as console,
            opened(f"/ws/chat/{chat.pk}", zhangsan) as phone,
        ):
            assert (await console.frame())["type"] == "hello"
            assert (await phone.frame())["type"] == "hello"
            await tell(phone, "message.send", content="打印机坏了", client_id="c1")
            accepted = await next_of(phone, "message.accepted")
            asked = await next_of(console, "chat.message")
            await tell(console, "message.read", chat_id=chat.pk, up_to=1)
            seen = await next_of(phone, "message.status")
            await tell(
                console,
                "message.send",
                chat_id=chat.pk,
                content="马上来",
                client_id="a1",
                last_seen=1,
            )
            answered = await next_of(phone, "chat.message")
            while answered["message"]["sender"] != "agent":
                answered = await next_of(phone, "chat.message")
            await tell(phone, "message.delivered", up_to=2)
            await tell(phone, "message.read", up_to=2)
            states = []
            while "read" not in states:
                status = await next_of(console, "message.status")
                states += [one["status"] for one in status["messages"] if one["number"] == 2]
            return accepted, asked, seen, answered, states

    accepted, asked, seen, answered, states = asyncio.run(converse())
    assert accepted["client_id"] == "c1"
    assert accepted["message"]["number"] == 1
    assert asked["chat_id"] == chat.pk
    assert asked["message"]["content"] == "打印机坏了"
    assert [one["status"] for one in seen["messages"]] == ["read"]
    assert answered["message"]["content"] == "马上来"
    assert answered["seq"] > asked["seq"]
    assert states[-1] == "read"


def test_the_message_is_the_apis_own_on_either_side(chat, lisi, zhangsan, api, agent):
    async def follow():
        async with (
            opened("/ws/console", lisi) as console,
            opened(f"/ws/chat/{chat.pk}", zhangsan) as phone,
        ):
            await next_of(console, "hello")
            await next_of(phone, "hello")
            await in_database(agent_say)(chat_id=chat.pk, actor=agent, content="您好")
            return await next_of(console, "chat.message"), await next_of(phone, "chat.message")

    console, phone = asyncio.run(follow())
    path = f"customer-service/chats/{chat.pk}/messages"
    assert console["message"] == api(lisi).get(f"/api/{path}").json()["list"][0]
    assert phone["message"] == api(zhangsan).get(f"/api/user/{path}").json()["list"][0]


def test_what_is_internal_reaches_the_team_alone(chat, lisi, zhangsan, agent):
    async def follow():
        async with (
            opened("/ws/console", lisi) as console,
            opened(f"/ws/chat/{chat.pk}", zhangsan) as phone,
        ):
            await next_of(console, "hello")
            await next_of(phone, "hello")
            await in_database(note_add)(chat_id=chat.pk, actor=agent, content="脾气不好")
            await in_database(agent_say)(chat_id=chat.pk, actor=agent, content="您好")
            told = [await next_of(console, "chat.message") for _ in range(2)]
            first = await next_of(phone, "chat.message")
            return told, first

    told, first = asyncio.run(follow())
    assert [one["message"]["content"] for one in told] == ["脾气不好", "您好"]
    assert first["message"]["content"] == "您好"


def test_who_comes_back_gets_what_they_missed_and_nothing_twice(
    chat, lisi, zhangsan, agent, customer
):
    async def come_back():
        async with opened(f"/ws/chat/{chat.pk}", zhangsan) as phone:
            await next_of(phone, "hello")
            await in_database(agent_say)(chat_id=chat.pk, actor=agent, content="一")
            seen = (await next_of(phone, "chat.message"))["seq"]
        await in_database(agent_say)(chat_id=chat.pk, actor=agent, content="二")
        await in_database(customer_say)(chat_id=chat.pk, actor=customer, content="三")
        async with (
            opened(f"/ws/chat/{chat.pk}", zhangsan, since=seen) as phone,
            opened("/ws/console", lisi, since=0) as console,
        ):
            return await greeted(phone), await greeted(console)

    phone, console = asyncio.run(come_back())
    contents = [one["message"]["content"] for one in phone if one["type"] == "chat.message"]
    assert phone[0]["type"] == "hello"
    assert contents == ["二", "三"]
    contents = [one["message"]["content"] for one in console if one["type"] == "chat.message"]
    assert contents == ["一", "二", "三"]
    numbers = [one["seq"] for one in console[1:] if "seq" in one]
    assert numbers == sorted(set(numbers))


def test_who_was_away_for_too_long_loads_the_page_anew(chat, lisi, agent, monkeypatch):
    from tickets.chat.live import feed, news

    for number in range(5):
        agent_say(chat_id=chat.pk, actor=agent, content=str(number))
    feed.number_new()
    ChatFeedEntry.objects.filter(seq__lte=2).delete()
    monkeypatch.setattr(news, "REPLAYED", 2)

    async def told(since):
        async with opened("/ws/console", lisi, since=since) as console:
            return [one["type"] for one in await greeted(console)]

    assert asyncio.run(told(1)) == ["hello", "reload"]  # of which some is gone
    assert asyncio.run(told(2)) == ["hello", "reload"]  # more than anybody replays
    assert asyncio.run(told(3)) == ["hello", "chat.message", "chat.message"]
    assert asyncio.run(told(999)) == ["hello", "reload"]  # a number from nowhere


def test_the_other_side_sees_who_is_writing(chat, lisi, zhangsan):
    async def write():
        async with (
            opened("/ws/console", lisi) as console,
            opened(f"/ws/chat/{chat.pk}", zhangsan) as phone,
        ):
            await next_of(console, "hello")
            await next_of(phone, "hello")
            await tell(console, "typing", chat_id=chat.pk)
            await tell(console, "typing", chat_id=chat.pk)
            of_agent = await next_of(phone, "typing")
            await tell(phone, "typing")
            of_customer = await next_of(console, "typing")
            return of_agent, of_customer, await frames_until_alive(phone)

    async def frames_until_alive(socket):
        await tell(socket, "heartbeat")
        return await frames_until(socket, "alive")

    of_agent, of_customer, more = asyncio.run(write())
    assert of_agent == {"type": "typing", "chat_id": chat.pk, "side": "agent", "name": "李四"}
    assert of_customer["side"] == "customer"
    assert more == []  # once a second is enough
    assert not ChatFeedEntry.objects.exists()


def test_a_stale_reply_is_refused_with_what_was_missed(chat, lisi, wangwu, agent, zhangsan):
    from tickets.models import ChatMessage

    agent_say(chat_id=chat.pk, actor=agent, content="已为您安排")
    ChatMessage.objects.update(user=wangwu, sender_name="王五")

    async def reply():
        async with opened("/ws/console", lisi) as console:
            await tell(
                console,
                "message.send",
                chat_id=chat.pk,
                content="请稍等",
                client_id="x",
                last_seen=0,
            )
            return await next_of(console, "message.refused")

    refused = asyncio.run(reply())
    assert refused["client_id"] == "x"
    assert refused["status"] == 409
    assert refused["errors"][0]["code"] == "stale_reply"
    assert [one["content"] for one in refused["missed"]] == ["已为您安排"]
    assert ChatMessage.objects.count() == 1


def test_the_same_message_sent_again_is_one_message(chat, zhangsan):
    from tickets.models import ChatMessage

    async def send_twice():
        async with opened(f"/ws/chat/{chat.pk}", zhangsan) as phone:
            for _ in range(2):
                await tell(phone, "message.send", content="在吗", client_id="c1")
            return [(await next_of(phone, "message.accepted"))["message"]["id"] for _ in range(2)]

    first, second = asyncio.run(send_twice())
    assert first == second
    assert ChatMessage.objects.count() == 1
