"""Who is told what, and who may come in: asked with every frame, not once."""

import asyncio

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from config.api.roles import Role
from config.sockets.consumer import in_database
from customers.models import Customer, CustomerStatus
from customers.visitors.cookie import COOKIE, visitor_token
from tests.factories import CustomerFactory, UserFactory, actor
from tests.tickets.chat.lifecycle.scene import begin, online
from tests.tickets.chat.live.lines import (
    closed,
    entered,
    greeted,
    heard,
    next_of,
    opened,
    tell,
)
from tickets.chat.assignment.actions import chat_give
from tickets.chat.live import watch
from tickets.chat.messages.actions import agent_say
from tickets.chat.trail import lock_chat, save
from tickets.models import AgentProfile

pytestmark = pytest.mark.django_db(transaction=True)


def cookies(**named):
    text = "; ".join(f"{name}={value}" for name, value in named.items())
    return [(b"origin", b"http://127.0.0.1"), (b"host", b"127.0.0.1"), (b"cookie", text.encode())]


def contents(frames):
    return [one["message"]["content"] for one in frames if one["type"] == "chat.message"]


@pytest.fixture
def given_to(chat):
    """Hands the chat to a colleague, as its administrator."""

    def give(colleague, boss):
        from django.db import transaction

        with transaction.atomic():
            locked = lock_chat(chat.pk, actor(boss))
            chat_give(
                chat=locked, agent=colleague, trigger="supervisor", actor=actor(boss), reason="换人"
            )
            save(locked)

    return give


def test_colleagues_hear_of_their_own_chats_alone(chat, lisi, wangwu, admin, agent):
    async def follow():
        async with (
            opened("/ws/console", lisi) as mine,
            opened("/ws/console", wangwu) as others,
            opened("/ws/console", admin) as bosss,
        ):
            for socket in (mine, others, bosss):
                await next_of(socket, "hello")
            await in_database(agent_say)(chat_id=chat.pk, actor=agent, content="您好")
            await next_of(mine, "chat.message")
            return await heard(others), await heard(bosss)

    assert asyncio.run(follow()) == ([], [])


def test_who_opens_a_chat_that_they_may_see_hears_of_it_and_nobody_else_can(
    chat, lisi, wangwu, admin, agent
):
    async def follow():
        async with (
            opened("/ws/console", wangwu) as others,
            opened("/ws/console", admin) as bosss,
        ):
            await next_of(others, "hello")
            await next_of(bosss, "hello")
            await tell(others, "watching", chat_id=chat.pk)
            refused = await next_of(others, "error")
            await tell(bosss, "watching", chat_id=chat.pk)
            await next_of(bosss, "watching")
            await in_database(agent_say)(chat_id=chat.pk, actor=agent, content="一")
            told = await next_of(bosss, "chat.message")
            await tell(bosss, "watching", chat_id=None)
            await next_of(bosss, "watching")
            await in_database(agent_say)(chat_id=chat.pk, actor=agent, content="二")
            return refused, told, await heard(bosss), contents(await heard(others))

    refused, told, after, of_others = asyncio.run(follow())
    assert refused["status"] == 404
    assert told["message"]["content"] == "一"
    assert contents(after) == []
    assert of_others == []


def test_who_loses_a_chat_hears_that_it_is_gone_and_nothing_more(
    chat, lisi, wangwu, admin, given_to
):
    online(wangwu)

    async def hand_over():
        async with (
            opened("/ws/console", lisi) as former,
            opened("/ws/console", wangwu) as now,
            opened("/ws/console", admin) as boss,
        ):
            await next_of(boss, "hello")
            await tell(boss, "watching", chat_id=chat.pk)
            await next_of(boss, "watching")
            await next_of(former, "hello")
            await next_of(now, "hello")
            await tell(former, "watching", chat_id=chat.pk)
            await next_of(former, "watching")
            await in_database(given_to)(wangwu, admin)
            gone = await next_of(former, "chat.gone")
            assigned = await next_of(now, "chat.assigned")
            await in_database(agent_say)(chat_id=chat.pk, actor=actor(wangwu), content="我是王五")
            await next_of(now, "chat.message")
            watched = contents(await heard(boss))
            assert "我是王五" in watched  # who looks on goes on looking
            return gone, assigned, contents(await heard(former))

    gone, assigned, later = asyncio.run(hand_over())
    assert gone["chat_id"] == chat.pk
    assert assigned["chat"]["agent"]["name"] == "王五"
    assert later == []


def test_who_was_away_while_a_chat_went_hears_of_it_on_coming_back(
    chat, lisi, wangwu, admin, given_to
):
    online(wangwu)
    given_to(wangwu, admin)

    async def come_back():
        async with opened("/ws/console", lisi, since=0) as socket:
            return await greeted(socket)

    kinds = [frame["type"] for frame in asyncio.run(come_back())]
    assert kinds[0] == "hello"
    assert "chat.gone" in kinds
    assert "chat.message" not in kinds


def test_supervisors_hear_how_their_colleagues_chats_stand(chat, lisi, wangwu, admin, given_to):
    AgentProfile.objects.update_or_create(user=lisi, defaults={"supervisor": wangwu})
    boss = UserFactory(username="zhaoliu")

    async def follow():
        async with (
            opened("/ws/console", wangwu) as lead,
            opened("/ws/console", boss) as stranger,
        ):
            await next_of(lead, "hello")
            await next_of(stranger, "hello")
            await in_database(_touch)(chat)
            return await next_of(lead, "chat.updated"), await heard(stranger)

    told, of_stranger = asyncio.run(follow())
    assert told["chat"]["id"] == chat.pk
    assert of_stranger == []


def _touch(chat):
    from tickets.chat.trail import tell as told_to_all

    told_to_all(chat, "chat.updated")


def test_a_customer_gets_into_their_own_chat_alone(chat, lisi, zhangsan):
    stranger = UserFactory(role=Role.CUSTOMER, customer=CustomerFactory())
    path = f"/ws/chat/{chat.pk}"
    assert asyncio.run(entered(path)) == 4401
    assert asyncio.run(entered(path, stranger)) == 4403
    assert asyncio.run(entered(path, lisi)) == 4403
    assert asyncio.run(entered("/ws/chat/999999", zhangsan)) == 4403
    assert asyncio.run(entered("/ws/chat/nothing", zhangsan)) == 4404
    assert asyncio.run(entered(path, zhangsan)) is None


def test_a_visitor_is_known_by_the_cookie_of_our_own_pages(chat, zhangsan):
    token = visitor_token(zhangsan.customer)
    path = f"/ws/chat/{chat.pk}"
    others = visitor_token(CustomerFactory())
    assert asyncio.run(entered(path, headers=cookies(**{COOKIE: token}))) is None
    assert asyncio.run(entered(path, headers=cookies(**{COOKIE: others}))) == 4403
    assert asyncio.run(entered(path, headers=cookies(**{COOKIE: token + "x"}))) == 4401
    foreign = [(b"origin", b"https://evil.example"), *cookies(**{COOKIE: token})[1:]]

    async def from_elsewhere():
        from tests.messaging.sockets import Socket

        socket = Socket(path, foreign)
        return await socket.connect()

    assert asyncio.run(from_elsewhere())[0] is False


def test_a_login_comes_before_who_used_the_browser_before(chat, zhangsan):
    browser = Client()
    browser.force_login(zhangsan)
    session = browser.cookies["sessionid"].value
    others = {COOKIE: visitor_token(CustomerFactory()), "sessionid": session}
    assert asyncio.run(entered(f"/ws/chat/{chat.pk}", headers=cookies(**others))) is None


def test_a_visitor_who_is_erased_is_let_go(chat, zhangsan, monkeypatch):
    monkeypatch.setattr(watch, "STANDING_SECONDS", 0)
    path = f"/ws/chat/{chat.pk}"
    headers = cookies(**{COOKIE: visitor_token(zhangsan.customer)})

    async def stay():
        async with opened(path, headers=headers) as socket:
            await next_of(socket, "hello")
            await in_database(Customer.objects.filter(pk=zhangsan.customer_id).update)(
                status=CustomerStatus.DELETED
            )
            return await closed(socket)

    assert asyncio.run(stay()) == 4401


def test_who_logs_out_is_let_go(lisi, monkeypatch):
    monkeypatch.setattr(watch, "STANDING_SECONDS", 0)
    client = Client()
    client.force_login(lisi)
    headers = cookies(sessionid=client.cookies["sessionid"].value)

    async def stay():
        async with opened("/ws/console", headers=headers) as socket:
            await next_of(socket, "hello")
            await in_database(Session.objects.all().delete)()
            return await closed(socket)

    assert asyncio.run(stay()) == 4401


def test_a_frame_of_somebody_switched_off_meanwhile_does_nothing(chat, lisi):
    async def stay():
        async with opened("/ws/console", lisi) as socket:
            await next_of(socket, "hello")
            lisi.is_active = False
            await in_database(lisi.save)()
            await tell(socket, "message.send", chat_id=chat.pk, content="我还在", client_id="1")
            return await closed(socket)

    assert asyncio.run(stay()) == 4403
    assert not chat.messages.exists()


def test_a_token_that_has_run_out_closes_the_socket(lisi, monkeypatch):
    monkeypatch.setattr(watch, "STANDING_SECONDS", 0)

    async def stay():
        with time_machine.travel("2026-11-27T08:00:00+08:00") as clock:
            async with opened("/ws/console", lisi) as socket:
                await next_of(socket, "hello")
                clock.shift(3 * 3600)
                return await closed(socket)

    assert asyncio.run(stay()) == 4401


def test_a_customers_other_chat_is_not_told(chat, zhangsan, lisi, wangwu):
    online(wangwu)
    other = UserFactory(role=Role.CUSTOMER, customer=CustomerFactory())
    foreign = begin(other.customer, wangwu)

    async def follow():
        async with opened(f"/ws/chat/{chat.pk}", zhangsan) as phone:
            await next_of(phone, "hello")
            await in_database(agent_say)(
                chat_id=foreign.pk, actor=actor(wangwu), content="给别人的"
            )
            return await heard(phone)

    assert asyncio.run(follow()) == []
