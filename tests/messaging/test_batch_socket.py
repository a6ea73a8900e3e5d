"""`/ws/batches/{batch_id}`: who may look, and what they see (contract.md §7)."""

import asyncio
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest
from django.db import connections
from django.test import Client
from rest_framework_simplejwt.tokens import AccessToken

from config.api.roles import Role
from messaging import consumers
from messaging.models import Message, MessageBatch
from messaging.sending.work import send_messages
from tests.factories import UserFactory
from tests.messaging.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)

PARTS = ("queued", "sending", "sent", "delivered", "failed", "cancelled")
OWN_PAGE = [(b"origin", b"http://localhost"), (b"host", b"localhost")]


class Clock:
    """Time passes when the test says so; what the server asked to wait is written down."""

    def __init__(self):
        self.asked = []
        self._ticks = asyncio.Semaphore(0)

    async def sleep(self, seconds):
        self.asked.append(seconds)
        await self._ticks.acquire()

    def tick(self):
        self._ticks.release()


@pytest.fixture(autouse=True)
def no_connection_stays_open(monkeypatch):
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    yield
    left = dict(consumers.BatchConsumer.watches)
    consumers.BatchConsumer.watches.clear()
    assert left == {}, "nobody looks on when nobody is there"


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    own = SimpleNamespace(create_task=asyncio.create_task, sleep=made.sleep)
    monkeypatch.setattr(consumers, "asyncio", own)
    return made


@pytest.fixture
def batch_id(new_template, operator):
    new_template(body="x")
    body = {"template_code": "notice", "recipients": [f"u{n}" for n in range(30)]}
    return operator.post("/api/messages/send-batch", body).json()["batch_id"]


def address(batch_id, user=None):
    token = f"?token={AccessToken.for_user(user)}" if user else ""
    return f"/ws/batches/{batch_id}{token}"


@asynccontextmanager
async def looking(path, headers=None):
    socket = Socket(path, headers or [])
    connected, code = await socket.connect()
    assert connected, code
    try:
        yield socket
    finally:
        await socket.leave()


async def frame_of(socket):
    frame = await socket.frame()
    assert frame["type"] == "batch.progress"
    assert sum(frame[part] for part in PARTS) == frame["total"]
    return frame


async def in_database(act, *arguments):
    return await consumers.in_database(act)(*arguments)


def send_some(first, last):
    ids = list(Message.objects.order_by("id").values_list("pk", flat=True))
    for pk in ids[first:last]:
        send_messages([pk])


def closed_with(path, headers=None):
    """The code with which an accepted socket is closed at once."""

    async def knock():
        socket = Socket(path, headers or [])
        connected, code = await socket.connect()
        if not connected:
            return code
        event = await socket.receive_output(timeout=10)
        assert event["type"] == "websocket.close"
        return event["code"]

    return asyncio.run(knock())


# --- Who may look ---------------------------------------------------------------------------------


def test_nobody_in_particular_is_4401(batch_id, admin):
    assert closed_with(address(batch_id), OWN_PAGE) == 4401
    assert closed_with(address(batch_id) + "?token=nonsense", OWN_PAGE) == 4401
    assert closed_with(address(batch_id)) == 4401, "a program without a token"
    admin.is_active = False
    admin.save()
    assert closed_with(address(batch_id, admin), OWN_PAGE) == 4401


def test_who_may_not_read_messages_is_4403(batch_id, lisi):
    for user in (lisi, UserFactory(role=Role.CUSTOMER)):
        assert closed_with(address(batch_id, user), OWN_PAGE) == 4403


@pytest.mark.parametrize("name", ["BAT0", "x\x00y", "批次", "x" * 500])
def test_a_batch_that_is_not_there_is_4404(batch_id, admin, name):
    assert closed_with(address(name, admin), OWN_PAGE) == 4404


def test_a_session_of_our_own_page_may_look_and_of_a_strangers_may_not(batch_id, admin, clock):
    browser = Client()
    browser.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    cookie = (b"cookie", f"sessionid={browser.cookies['sessionid'].value}".encode())

    async def look(origin):
        host = (b"host", b"localhost")
        socket = Socket(address(batch_id), [(b"origin", origin), host, cookie])
        connected, _ = await socket.connect()
        if connected:
            await frame_of(socket)
        await socket.leave()
        return connected

    assert asyncio.run(look(b"http://localhost"))
    assert not asyncio.run(look(b"https://evil.example"))


@pytest.mark.parametrize("headers", [[], [(b"origin", b"https://partner.example")]])
def test_a_token_may_look_from_anywhere(batch_id, admin, clock, headers):
    """A program sends no Origin; a token, unlike a cookie, is sent by nobody unawares."""

    async def look():
        async with looking(address(batch_id, admin), headers) as socket:
            return await frame_of(socket)

    assert asyncio.run(look())["total"] == 30


# --- What they see --------------------------------------------------------------------------------


def test_a_frame_tells_all_changes_since_the_last_and_four_come_a_second_at_most(
    batch_id, admin, clock, channel
):
    async def watch():
        async with looking(address(batch_id, admin), OWN_PAGE) as socket:
            frames = [await frame_of(socket)]
            for first in (0, 10, 20):
                await in_database(send_some, first, first + 10)
                assert await socket.receive_nothing(timeout=0.01), "ten changes, no frame yet"
                clock.tick()
                frames.append(await frame_of(socket))
            return frames

    frames = asyncio.run(watch())
    assert [frame["sent"] for frame in frames] == [0, 10, 20, 30]
    assert [frame["status"] for frame in frames] == ["queued", "sending", "sending", "finished"]
    numbers = [frame["seq"] for frame in frames]
    assert numbers == sorted(set(numbers)), "each with a higher number"
    assert set(clock.asked[:3]) == {0.25}, "four looks a second"


def test_no_change_is_no_frame(batch_id, admin, clock):
    async def watch():
        async with looking(address(batch_id, admin), OWN_PAGE) as socket:
            await frame_of(socket)
            clock.tick()
            clock.tick()
            while len(clock.asked) < 3:
                await asyncio.sleep(0)
            return await socket.receive_nothing(timeout=0.05)

    assert asyncio.run(watch())


def test_who_comes_late_gets_the_newest_frame_at_once(batch_id, admin, clock, channel):
    async def watch():
        async with looking(address(batch_id, admin), OWN_PAGE) as first:
            await frame_of(first)
            await in_database(send_some, 0, 7)
            clock.tick()
            newest = await frame_of(first)
            async with looking(address(batch_id, admin), OWN_PAGE) as second:
                assert await frame_of(second) == newest
                await in_database(send_some, 7, 9)
                clock.tick()
                assert await frame_of(first) == await frame_of(second)
            return newest

    assert asyncio.run(watch())["sent"] == 7


def test_numbers_go_on_for_who_comes_back(batch_id, admin, clock, channel):
    async def watch():
        async with looking(address(batch_id, admin), OWN_PAGE) as socket:
            return await frame_of(socket)

    before = asyncio.run(watch())
    clock._ticks = asyncio.Semaphore(0)
    assert asyncio.run(watch())["seq"] > before["seq"]


def test_one_whose_line_is_broken_stops_nobody_else(batch_id, admin, clock, channel, monkeypatch):
    async def watch():
        async with (
            looking(address(batch_id, admin), OWN_PAGE) as broken,
            looking(address(batch_id, admin), OWN_PAGE) as sound,
        ):
            await frame_of(broken)
            await frame_of(sound)
            (seen,) = consumers.BatchConsumer.watches.values()

            async def fails(encoded):
                raise RuntimeError

            victim, _ = list(seen.seen_by)
            monkeypatch.setattr(victim, "tell", fails)
            told = []
            for first in (0, 1):
                await in_database(send_some, first, first + 1)
                clock.tick()
                told.append(
                    await asyncio.wait(
                        [asyncio.ensure_future(frame_of(s)) for s in (broken, sound)],
                        timeout=10,
                        return_when=asyncio.FIRST_COMPLETED,
                    )
                )
            return [len(done) for done, _ in told]

    assert asyncio.run(watch()) == [1, 1]


def test_a_look_that_goes_wrong_is_looked_again(batch_id, admin, clock, channel, monkeypatch):
    async def watch():
        async with looking(address(batch_id, admin), OWN_PAGE) as socket:
            await frame_of(socket)
            sound = consumers._progress

            def goes_wrong(pk):
                monkeypatch.setattr(consumers, "_progress", sound)
                raise OSError

            monkeypatch.setattr(consumers, "_progress", goes_wrong)
            await in_database(send_some, 0, 1)
            clock.tick()
            clock.tick()
            return await frame_of(socket)

    assert asyncio.run(watch())["sent"] == 1


@pytest.mark.parametrize(
    ("said", "code"),
    [('{"type": "heartbeat"}', None), ("{", 1003), ("[]", 1003), ('{"type": 5}', 1003)],
)
def test_what_a_client_says_is_read_as_json_or_ends_the_talk(batch_id, admin, clock, said, code):
    async def talk():
        async with looking(address(batch_id, admin), OWN_PAGE) as socket:
            await frame_of(socket)
            await socket.say(said)
            if code is None:
                return await socket.receive_nothing(timeout=0.05)
            return (await socket.receive_output(timeout=10))["code"] == code

    assert asyncio.run(talk())
    assert MessageBatch.objects.exists()
