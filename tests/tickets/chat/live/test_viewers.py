"""Who else has a chat open, told to the colleagues who have it open."""

import asyncio

import pytest

from tests.factories import AdminFactory
from tests.tickets.chat.live.lines import next_of, opened, tell
from tests.tickets.chat.live.servers import Person, servers
from tickets.chat.live import viewers as module
from tickets.chat.live.crowd import Crowd
from tickets.chat.live.viewers import Viewers

pytestmark = pytest.mark.django_db(transaction=True)


async def opens(socket, chat):
    await tell(socket, "watching", chat_id=chat.pk if chat else None)
    await next_of(socket, "watching")


async def viewers_told(socket):
    return (await next_of(socket, "chat.viewers"))["viewers"]


def test_who_opens_a_chat_sees_who_else_has_it_open_until_they_leave(chat, lisi, admin):
    async def follow():
        async with opened("/ws/console", lisi) as agent, opened("/ws/console", lisi) as tab:
            async with opened("/ws/console", admin) as boss:
                for socket in (agent, tab, boss):
                    await next_of(socket, "hello")
                    await opens(socket, chat)
                seen = await viewers_told(agent), await viewers_told(boss)
                await opens(boss, None)
                left = await viewers_told(agent)
                await opens(boss, chat)
                again = await viewers_told(agent), await viewers_told(boss)
            return seen, left, again, await viewers_told(agent)

    seen, left, again, gone = asyncio.run(follow())
    here = [{"id": lisi.pk, "name": "李四"}]
    boss = [{"id": admin.pk, "name": admin.display_name}]
    assert seen == (boss, here)
    assert left == []
    assert again == (boss, here)
    assert gone == []


@pytest.mark.services_only
@pytest.mark.timeout(240)
def test_a_colleague_at_another_server_is_seen_too(chat, lisi):
    boss = AdminFactory(username="boss", name="主管")
    with servers(2) as (here, there):
        agent, other = Person(lisi, "/ws/console"), Person(boss, "/ws/console")
        agent.come_to(here)
        other.come_to(there)
        agent.say("watching", chat_id=chat.pk)
        other.say("watching", chat_id=chat.pk)
        assert agent.until("chat.viewers")["viewers"] == [{"id": boss.pk, "name": "主管"}]
        assert other.until("chat.viewers")["viewers"] == [{"id": lisi.pk, "name": "李四"}]
        other.go()
        assert agent.until("chat.viewers")["viewers"] == []
        agent.go()


def test_a_server_that_died_is_forgotten(monkeypatch):
    told = []

    class Page:
        user_id, user_name, watching = 1, "李四", 7

        def put(self, encoded):
            told.append(encoded)

    crowd = Crowd()
    crowd.add_page(Page())
    viewers = Viewers(crowd)
    viewers.heard({"process": "other", "looks": [[7, [[2, "王五"]]]]})
    asyncio.run(viewers.keep())
    assert "王五" in told[-1]
    monkeypatch.setattr(module, "FADES_AFTER_SECONDS", 0)
    asyncio.run(viewers.keep())
    assert '"viewers":[]' in told[-1].replace(" ", "")
