"""Too much, too large, no text at all: what it ends is its own line, at every socket."""

import asyncio
import json

import pytest
from django.test import Client

from config.sockets import line as lines
from config.sockets.consumer import MAX_FRAME, NOT_ALLOWED, TOO_BIG
from config.sockets.line import TOO_MANY, TRY_AGAIN_LATER
from config.websocket_urls import sandbox_urlpatterns
from messaging import consumers as batches
from tests.asgi import asgi_address
from tests.attack.socket_doors import (
    DEEP,
    after_the_handshake,
    broken_handshakes,
    closed,
    door,
    doors,
    handshake_of,
    is_served,
    line,
    raw,
    server,
    token,
    told_nothing,
    world,
)

__all__ = ["door", "server", "world"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.attacks]
UNSUPPORTED, BROKEN_TEXT = 1003, 1007

HEARTBEAT = json.dumps({"type": "heartbeat"})


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        (b"\x00\xff", {UNSUPPORTED}),
        (DEEP + "]" * 30_000, {UNSUPPORTED}),
        ('{"type":' + DEEP, {UNSUPPORTED}),
        ('{"type": "heartbeat", "n": ' + "9" * 5000 + "}", {UNSUPPORTED}),
        ("x" * (MAX_FRAME + 1), {TOO_BIG}),
        ('{"type": "heartbeat", "x": "' + "宽" * MAX_FRAME + '"}', {TOO_BIG}),
        # As large as that is cut off while it comes.
        ("x" * 20_000_000, {TOO_BIG, 1006, None}),
        ("", {UNSUPPORTED}),
        ("null", {UNSUPPORTED}),
        ('"\\ud800"', {UNSUPPORTED}),
    ],
    ids=["binary", "deep", "deep and cut", "long number", "large", "wide", "huge", *"enl"],
)
def test_what_is_no_frame_ends_its_line_and_no_other(server, world, door, said, codes):
    guest = world.users[door.guest]

    async def tried():
        async with line(server, door.path, guest) as bystander:
            async with line(server, door.path, guest) as opened:
                try:
                    await (
                        opened.send_bytes(said)
                        if isinstance(said, bytes)
                        else opened.send_str(said)
                    )
                    code = await closed(opened)
                except ConnectionError:
                    code = None
            assert code in codes
            await bystander.send_str(HEARTBEAT)
            assert not bystander.closed
        assert await is_served(server, door, guest)

    asyncio.run(tried())


def test_who_sends_without_end_is_let_go_and_no_other(server, world, door):
    guest = world.users[door.guest]

    async def tried():
        async with line(server, door.path, guest) as opened:
            for _ in range(400):
                try:
                    await opened.send_str(HEARTBEAT)
                except ConnectionError:
                    break
            code = await closed(opened)
        return code, await is_served(server, door, guest)

    assert asyncio.run(tried()) == (TOO_MANY, True)


def test_one_person_has_only_so_many_lines(server, world, door, monkeypatch):
    monkeypatch.setattr(lines, "LINES_A_PERSON", 3)
    guest = world.users[door.guest]

    async def tried():
        async with (
            line(server, door.path, guest) as first,
            line(server, door.path, guest) as second,
        ):
            async with line(server, door.path, guest) as third:
                for opened in (first, second, third):
                    await asyncio.wait_for(opened.receive(), 10)
                async with line(server, door.path, guest) as fourth:
                    assert await told_nothing(fourth) == TRY_AGAIN_LATER
            await lines_of(guest, 2)
            assert await is_served(server, door, guest), "one has left, another may come"
        await lines_of(guest, 0)

    asyncio.run(tried())


async def lines_of(user, count):
    """Until the server has noticed who left."""
    async with asyncio.timeout(10):
        while sum(lines._lines.values()) != count:
            await asyncio.sleep(0.01)


def test_no_handshake_keeps_another_from_being_served(server, world, door):
    """Headers without end, a text that is none, half a request: what was broken is refused or cut off."""
    for request in broken_handshakes(server, door.path):
        assert not raw(server, request).startswith(b"HTTP/1.1 101")
        assert asyncio.run(is_served(server, door, world.users[door.guest]))


def test_text_that_is_no_utf8_ends_the_line(server, world, door):
    guest = world.users[door.guest]
    path = f"{door.path}?token={token(guest)}"
    request = handshake_of(server, path)
    masked_nonsense = b"\x81\x84" + b"\0\0\0\0" + b"\xff\xfe\xfd\xfc"
    answer = after_the_handshake(server, request, masked_nonsense)
    assert answer.startswith(b"HTTP/1.1 101")
    assert b"\x88\x02" + BROKEN_TEXT.to_bytes(2) in answer
    assert asyncio.run(is_served(server, door, guest))


# --- A batch's own ------------------------------------------------------------------------------


def test_who_is_switched_off_hears_no_more_of_a_batch(server, world, monkeypatch):
    monkeypatch.setattr(batches, "STANDING_SECONDS", 0)
    admin = world.users["admin"]
    path = doors(world)["ws/batches/<str:batch_id>"].path

    async def tried():
        async with line(server, path, admin) as opened:
            await asyncio.wait_for(opened.receive(), 10)
            await batches.in_database(switch_off)(admin)
            return await closed(opened)

    assert asyncio.run(tried()) == NOT_ALLOWED


def switch_off(user):
    user.is_active = False
    user.save()


def test_who_does_not_read_holds_up_nobody_elses_batch(world, monkeypatch):
    """The frames for one who takes none are left out, not waited for."""
    stuck = asyncio.Event()
    admin = world.users["admin"]
    path = doors(world)["ws/batches/<str:batch_id>"].path

    async def tell(self, encoded):
        if self.asked("slow"):
            await stuck.wait()
        await self.send(text_data=encoded)

    monkeypatch.setattr(batches.BatchConsumer, "tell", tell)
    numbers = iter(range(1_000))
    monkeypatch.setattr(
        batches, "_progress", lambda pk: {"status": "sending", "sent": next(numbers)}
    )

    async def tried(address):
        async with (
            line(address, f"{path}?slow=1&token={token(admin)}"),
            line(address, path, admin) as sound,
            asyncio.timeout(10),
        ):
            return [json.loads((await sound.receive()).data)["sent"] for _ in range(5)]

    with asgi_address() as address:
        heard = asyncio.run(tried(address))
    assert heard == sorted(set(heard))
    assert len(heard) == 5


def test_the_sandboxs_own_socket_survives_nonsense(server):
    """It stands outside our logins: a program is known by what it says first."""
    assert len([one for one in sandbox_urlpatterns if str(one.pattern)]) == 1

    async def tried(said):
        async with line(server, "/sandbox/openws") as opened:
            await opened.send_str(said)
            return await closed(opened)

    for said in ("{", DEEP, '{"cmd": "aibot_subscribe", "headers": {"req_id": 1}, "body": [1]}'):
        assert asyncio.run(tried(said)) is not None
    assert Client().get("/healthz").status_code == 200
