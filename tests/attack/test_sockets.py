"""What strangers, foreign pages and broken clients do to the sockets, tried at every one of them.

Beside it stand `tests/tickets/chat/live/test_frames_in.py` (what frames may say), `test_any_frame.py`
(whatever they say) and `test_who_hears.py` (who hears what).
"""

import asyncio
import json
import socket
from datetime import timedelta

import aiohttp
import jwt
import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from config.api.keys import Scope
from config.sockets import line as lines
from config.sockets.consumer import MAX_FRAME, NOT_ALLOWED, NOT_LOGGED_IN, TOO_BIG
from config.sockets.line import TOO_MANY, TRY_AGAIN_LATER
from config.websocket_urls import sandbox_urlpatterns
from customers.visitors.cookie import COOKIE, visitor_token
from messaging import consumers as batches
from tests.asgi import asgi_address
from tests.attack.socket_doors import (
    ROUTES,
    closed,
    cookie,
    doors,
    is_served,
    line,
    raw,
    token,
    told_nothing,
)
from tests.permissions.world import build, key_with
from tests.tickets.chat.live.servers import servers
from tickets.models import ChatMessage

pytestmark = pytest.mark.django_db(transaction=True)
UNSUPPORTED, BROKEN_TEXT = 1003, 1007


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    return build()


@pytest.fixture(params=ROUTES)
def door(request, world):
    return doors(world)[request.param]


@pytest.fixture
def server(world):
    with asgi_address() as address:
        yield address


def test_every_socket_is_attacked_here(world):
    assert set(ROUTES) == set(doors(world))


# --- Whose page asks ------------------------------------------------------------------------------


def foreign(address):
    host, _, port = address.rpartition(":")
    yield from ("null", "", "https://evil.example", "file://", "chrome-extension://abcdef")
    yield from (f"http://{host}.evil.example", f"http://evil-{host}", f"http://evil.example/{host}")
    yield from (
        f"http://{host}@evil.example",
        f"http://evil.example#{host}",
        f"evil.example?{host}",
    )
    yield from (f"http://{host}:{port}.evil.example", "http://localhost.evil.example")
    yield from ("http://evillocalhost", "http://[::1].evil.example", "//evil.example", "http://")
    # Another server on our machine is not us.
    yield from (f"http://{host}", f"http://{host}:1", "http://localhost", "http://localhost:3000")
    yield from (f"http://evil.example:{port}", f"http://{host}%00.evil.example", "http://*")


async def handshake(address, path, headers):
    async with aiohttp.ClientSession() as http:
        try:
            async with http.ws_connect(f"ws://{address}{path}", headers=headers) as opened:
                return await closed(opened)
        except aiohttp.WSServerHandshakeError as refused:
            return refused.status


def test_a_foreign_page_gets_no_socket_with_our_cookies(server, world, door):
    guest = world.users[door.guest]
    cookies = cookie(guest)
    if door.guest == "customer":
        cookies += f"; {COOKIE}={visitor_token(guest.customer)}"

    async def tried():
        return {
            origin: await handshake(server, door.path, {"Origin": origin, "Cookie": cookies})
            for origin in foreign(server)
        }

    assert set(asyncio.run(tried()).values()) == {403}
    assert asyncio.run(is_served(server, door, guest))


def test_our_own_page_does_and_who_names_no_page_is_nobody(server, world, door):
    """Browsers always say whose page it is: cookies without that are not from one."""
    cookies = cookie(world.users[door.guest])

    async def tried():
        async with line(server, door.path, Origin=f"http://{server}", Cookie=cookies) as opened:
            first = await asyncio.wait_for(opened.receive(), 10)
            assert json.loads(first.data)["type"]
        return await handshake(server, door.path, {"Cookie": cookies})

    assert asyncio.run(tried()) == NOT_LOGGED_IN


# --- Who asks -------------------------------------------------------------------------------------


def no_tokens(user):
    """What proves nobody: of another kind, run out, forged, unsigned, altered, none at all."""
    good = AccessToken.for_user(user)
    yield "a refresh token", str(RefreshToken.for_user(user))
    old = AccessToken.for_user(user)
    old.set_exp(lifetime=-timedelta(seconds=1))
    yield "one that ran out", str(old)
    claims = dict(good.payload)
    yield "signed by another", jwt.encode(claims, "x" * 48, algorithm="HS256")
    yield "unsigned", jwt.encode(claims, "", algorithm="none")
    yield "another algorithm", jwt.encode(claims, settings.SECRET_KEY, algorithm="HS512")
    head, body, signature = str(good).split(".")
    yield "altered", f"{head}.{body[:-2]}AA.{signature}"
    yield "cut", f"{head}.{body}."
    yield "an API key", key_with(Scope.values[0])
    yield "a session", cookie(user).partition("=")[2]
    yield "nobody's", jwt.encode({**claims, "user_id": "999999"}, settings.SECRET_KEY)
    yield "no words", "%00%ff%0d%0a"
    yield "too long", "x" * 6000


def test_what_proves_nobody_is_told_nothing(server, world, door):
    """Also with a good session beside it: a bad token is never mended by a cookie."""
    guest = world.users[door.guest]
    headers = {"Origin": f"http://{server}", "Cookie": cookie(guest)}

    tokens = list(no_tokens(guest))

    async def tried():
        found = {}
        for name, given in tokens:
            for sent in ({}, headers):
                path = f"{door.path}?token={given}"
                async with line(server, path, **sent) as opened:
                    found[name, bool(sent)] = await told_nothing(opened)
        async with line(server, door.path) as opened:
            found["nothing", False] = await told_nothing(opened)
        return found

    found = asyncio.run(tried())
    assert set(found.values()) == {NOT_LOGGED_IN}, found


def test_who_is_known_but_not_asked_in_is_told_nothing(server, world, door):
    async def tried():
        found = []
        async with line(server, door.path, world.users[door.stranger]) as opened:
            found.append(await told_nothing(opened))
        for path in door.others:
            async with line(server, path, world.users[door.guest]) as opened:
                found.append(await told_nothing(opened))
        return found

    assert set(asyncio.run(tried())) == {NOT_ALLOWED}


def test_who_is_switched_off_is_told_nothing(server, world, door):
    guest = world.users[door.guest]
    given = token(guest)
    guest.is_active = False
    guest.save()

    async def tried():
        async with line(server, f"{door.path}?token={given}") as opened:
            return await told_nothing(opened)

    assert asyncio.run(tried()) == NOT_LOGGED_IN


def test_what_is_said_before_one_is_known_is_not_done(server, world, door):
    chat_id = world.ids["chat"]["own"]
    said = {"type": "message.send", "chat_id": chat_id, "content": "x", "client_id": "1"}

    async def tried():
        for path in (door.path, f"{door.path}?token=x"):
            async with line(server, path) as opened:
                for kind in ("message.send", "watching", "viewing", "heartbeat"):
                    await opened.send_str(json.dumps({**said, "type": kind}))
                assert await closed(opened) == NOT_LOGGED_IN

    before = ChatMessage.objects.count()
    asyncio.run(tried())
    assert ChatMessage.objects.count() == before


def test_others_chats_and_tickets_are_not_followed_by_naming_them(server, world):
    """李四 asks for what is a colleague's alone: the chat is not found, of the ticket nothing is told."""
    chat_id, ticket_id = world.ids["chat"]["foreign"], world.ids["ticket"]["foreign"]
    lisi = world.users["staff"]

    async def answers(path, said):
        heard = []
        async with line(server, path, lisi) as opened, asyncio.timeout(10):
            for frame in (*said, {"type": "heartbeat"}):
                await opened.send_str(json.dumps(frame))
            while not heard or heard[-1]["type"] != "alive":
                heard.append(json.loads((await opened.receive()).data))
        return heard

    console = asyncio.run(answers("/ws/console", [{"type": "watching", "chat_id": chat_id}]))
    assert [one["status"] for one in console if one["type"] == "error"] == [404]
    assert not [one for one in console if one.get("chat_id") == chat_id]
    tickets = asyncio.run(answers("/ws/tickets", [{"type": "viewing", "ticket_id": ticket_id}]))
    assert not [one for one in tickets if one.get("ticket_id") == ticket_id]


# --- How much -------------------------------------------------------------------------------------

DEEP = "[" * 30_000
UPGRADE = (
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)
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


def handshake_of(address, path):
    return f"GET {path} HTTP/1.1\r\nHost: {address}\r\n".encode() + UPGRADE + b"\r\n"


def broken_handshakes(address, path):
    host = f"GET {path} HTTP/1.1\r\nHost: {address}\r\n".encode()
    yield host + UPGRADE + b"X: " + b"x" * 1_000_000 + b"\r\n\r\n"
    yield host + UPGRADE + b"X: x\r\n" * 20_000 + b"\r\n"
    yield host + UPGRADE.partition(b"Sec-WebSocket-Key")[0] + b"\r\n"
    yield host + UPGRADE.replace(b"13", b"7", 1) + b"\r\n"
    yield b"\x16\x03\x01\x02\x00\x01\x00" * 50


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


def after_the_handshake(address, request, frame):
    """All that the server says until it hangs up."""
    host, _, port = address.rpartition(":")
    heard = b""
    with socket.create_connection((host, int(port)), timeout=10) as caller:
        caller.sendall(request)
        while b"\r\n\r\n" not in heard:
            heard += caller.recv(65536)
        caller.sendall(frame)
        # The server waits for our half of the farewell: shut, and it is over.
        caller.shutdown(socket.SHUT_WR)
        while part := caller.recv(65536):
            heard += part
    return heard


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


@pytest.mark.services_only
@pytest.mark.timeout(300)
def test_the_servers_own_process_outlives_all_that(world):
    """granian, which serves sockets in the services profile, reads frames in its own way."""
    door = doors(world)["ws/console"]
    guest = world.users[door.guest]
    with servers(1) as (running,):
        address = f"127.0.0.1:{running.port}"

        async def said(what):
            async with line(address, door.path, guest) as opened:
                try:
                    await (
                        opened.send_bytes(what)
                        if isinstance(what, bytes)
                        else opened.send_str(what)
                    )
                    await closed(opened)
                except ConnectionError:
                    return

        for what in (b"\x00\xff", DEEP, "x" * (MAX_FRAME + 1), "x" * 20_000_000):
            asyncio.run(said(what))
            assert asyncio.run(is_served(address, door, guest))
        for origin in foreign(address):
            headers = {"Origin": origin, "Cookie": cookie(guest)}
            assert asyncio.run(handshake(address, door.path, headers)) == 403, origin
        own = {"Origin": f"http://{address}", "Cookie": cookie(guest)}

        async def let_in():
            async with line(address, door.path, **own) as opened:
                return json.loads((await asyncio.wait_for(opened.receive(), 10)).data)["type"]

        assert asyncio.run(let_in()) == "hello"
        for request in broken_handshakes(address, door.path):
            assert not raw(address, request).startswith(b"HTTP/1.1 101")
            assert asyncio.run(is_served(address, door, guest))
        nonsense = b"\x81\x84" + b"\0\0\0\0" + b"\xff\xfe\xfd\xfc"
        path = f"{door.path}?token={token(guest)}"
        assert after_the_handshake(address, handshake_of(address, path), nonsense)
        assert asyncio.run(is_served(address, door, guest))
