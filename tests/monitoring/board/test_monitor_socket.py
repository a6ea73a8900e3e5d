"""`/ws/monitor`: who may watch, and what they are told each second (contract.md §7)."""

import asyncio
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest
from django.db import connections
from django.test import Client
from rest_framework_simplejwt.tokens import AccessToken

from config.api.roles import Role
from messaging.sending.work import send_messages
from messaging.statistics import overview
from monitoring.board import snapshot, watch
from tests.factories import UserFactory
from tests.messaging.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)

OWN_PAGE = [(b"origin", b"http://localhost"), (b"host", b"localhost")]


class Clock:
    """Time passes when the test says so."""

    def __init__(self):
        self.asked = []
        self._ticks = asyncio.Semaphore(0)

    async def sleep(self, seconds):
        self.asked.append(seconds)
        await self._ticks.acquire()

    def tick(self):
        snapshot.forget()
        overview.forget()
        self._ticks.release()


@pytest.fixture(autouse=True)
def no_connection_stays_open(monkeypatch):
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    own = SimpleNamespace(
        create_task=asyncio.create_task,
        sleep=made.sleep,
        get_running_loop=asyncio.get_running_loop,
    )
    monkeypatch.setattr(watch, "asyncio", own)
    return made


def address(user=None):
    return f"/ws/monitor?token={AccessToken.for_user(user)}" if user else "/ws/monitor"


@asynccontextmanager
async def watching(path, headers=None):
    socket = Socket(path, headers or [])
    connected, code = await socket.connect()
    assert connected, code
    try:
        yield socket
    finally:
        await socket.leave()


async def statistics(socket):
    while True:
        frame = await socket.frame()
        if frame["type"] != "hello":
            assert frame["type"] == "statistics", frame
            return frame


def closed_with(path):
    async def knock():
        socket = Socket(path, OWN_PAGE)
        await socket.connect()
        return (await socket.receive_output(timeout=10)).get("code")

    return asyncio.run(knock())


def test_strangers_are_4401_and_customers_4403(db):
    assert closed_with(address()) == 4401
    assert closed_with("/ws/monitor?token=nonsense") == 4401
    assert closed_with(address(UserFactory(role=Role.CUSTOMER))) == 4403


def test_a_session_of_our_own_page_may_watch(lisi, clock):
    browser = Client()
    browser.force_login(lisi, backend="django.contrib.auth.backends.ModelBackend")
    cookie = (b"cookie", f"sessionid={browser.cookies['sessionid'].value}".encode())

    async def look():
        async with watching("/ws/monitor", [*OWN_PAGE, cookie]) as socket:
            return await statistics(socket)

    assert asyncio.run(look())["today"]["total"] == 0


def test_each_second_a_numbered_frame_tells_what_the_api_tells(
    admin, operator, accept, channel, clock
):
    async def look():
        async with watching(address(admin)) as socket:
            frames = [await statistics(socket)]
            for _ in range(2):
                await watch._looking(lambda: send_messages([m.pk for m in accept(3)]))
                clock.tick()
                frames.append(await statistics(socket))
            return frames

    frames = asyncio.run(look())
    assert [frame["today"]["sent"] for frame in frames] == [0, 3, 6]
    numbers = [frame["seq"] for frame in frames]
    assert numbers == sorted(set(numbers))
    assert all(0 < seconds <= 1 for seconds in clock.asked)
    overview.forget()
    snapshot.forget()
    told = operator.get("/api/monitor/snapshot").json()
    assert set(frames[-1]) == {"type", "seq", *told}
    for part in ("today", "yesterday", "week", "circuits", "tickets"):
        assert frames[-1][part] == told[part], part


def test_all_who_watch_share_one_look_and_who_comes_late_gets_the_newest_at_once(
    admin, lisi, clock, monkeypatch
):
    looks = []
    seen = watch._seen
    monkeypatch.setattr(watch, "_seen", lambda: looks.append(1) or seen())

    async def look():
        async with watching(address(admin)) as first:
            newest = await statistics(first)
            async with watching(address(lisi)) as second:
                assert await statistics(second) == newest
                clock.tick()
                assert await statistics(first) == await statistics(second)

    asyncio.run(look())
    assert len(looks) == 2


def test_when_nobody_watches_nothing_is_asked_any_more(admin, clock):
    async def look():
        async with watching(address(admin)) as socket:
            await statistics(socket)
            begun = watch.the_watch()
        clock.tick()
        await begun._task
        return begun.is_over

    assert asyncio.run(look())


def test_numbers_go_on_for_who_comes_back(admin, clock):
    async def look():
        async with watching(address(admin)) as socket:
            return await statistics(socket)

    before = asyncio.run(look())
    clock._ticks = asyncio.Semaphore(0)
    assert asyncio.run(look())["seq"] > before["seq"]


def test_a_look_that_goes_wrong_is_told_and_looked_again(admin, clock, monkeypatch):
    async def look():
        async with watching(address(admin)) as socket:
            first = await statistics(socket)
            sound = watch._seen

            def goes_wrong():
                monkeypatch.setattr(watch, "_seen", sound)
                raise OSError

            monkeypatch.setattr(watch, "_seen", goes_wrong)
            clock.tick()
            away = await socket.frame()
            clock.tick()
            return first, away, await statistics(socket)

    first, away, again = asyncio.run(look())
    assert away["type"] == "unavailable"
    assert first["seq"] < away["seq"] < again["seq"]


def test_a_heartbeat_is_answered(admin, clock):
    async def look():
        async with watching(address(admin)) as socket:
            await statistics(socket)
            await socket.say('{"type": "heartbeat"}')
            return await socket.frame()

    assert asyncio.run(look()) == {"type": "alive"}


def test_whose_account_is_switched_off_is_let_go(lisi, clock, monkeypatch):
    monkeypatch.setattr(watch, "STANDING_SECONDS", 0)

    def switch_off():
        lisi.is_active = False
        lisi.save()

    async def look():
        async with watching(address(lisi)) as socket:
            await statistics(socket)
            await watch._looking(switch_off)
            clock.tick()
            await statistics(socket)
            return await socket.receive_output(10)

    event = asyncio.run(look())
    assert (event["type"], event["code"]) == ("websocket.close", 4403)


class SlowPage:
    """A line that has not taken the last frame yet."""

    is_behind = False
    login = None

    def __init__(self):
        self.told = []

    def put(self, encoded):
        self.told.append(encoded)


def test_a_slow_line_gets_the_newest_and_not_all_that_it_missed(db, clock):
    async def tell():
        begun = watch.Watch()
        slow, quick = SlowPage(), SlowPage()
        begun.join(slow)
        begun.join(quick)
        slow.is_behind = True
        begun._tell("one")
        begun._tell("two")
        slow.is_behind = False
        begun._tell("three")
        begun._task.cancel()
        return slow.told[1:], quick.told[1:]

    assert asyncio.run(tell()) == (["three"], ["one", "two", "three"])
