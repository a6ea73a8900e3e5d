"""Every socket there is, out of the URL table: its address, who may come in, and who may not."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from django.db import connections
from django.test import Client
from rest_framework_simplejwt.tokens import AccessToken

from config.websocket_urls import urlpatterns
from tests.asgi import asgi_address
from tests.permissions.world import World, build

SECONDS = 10
# Nests deeper than any reader of JSON goes.
DEEP = "[" * 30_000
UPGRADE = (
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)


@dataclass(frozen=True)
class Door:
    """`guest` may come in; `stranger` is somebody known who may not; `others` are addresses of others."""

    route: str
    path: str
    guest: str
    stranger: str
    others: tuple[str, ...] = ()


def doors(world: World) -> dict[str, Door]:
    """By route; a socket that is not here fails the test of completeness."""
    chat, batch = world.ids["chat"], world.ids["batch"]
    known = (
        Door("ws/batches/<str:batch_id>", f"/ws/batches/{batch['own']}", "admin", "staff"),
        Door("ws/tickets", "/ws/tickets", "staff", "customer"),
        Door("ws/console", "/ws/console", "staff", "customer"),
        Door(
            "ws/chat/<str:chat_id>",
            f"/ws/chat/{chat['own']}",
            "customer",
            "staff",
            (f"/ws/chat/{chat['bound']}", f"/ws/chat/{chat['foreign']}"),
        ),
        Door("ws/queue", "/ws/queue", "customer", "staff"),
        Door("ws/monitor", "/ws/monitor", "staff", "customer"),
    )
    return {door.route: door for door in known}


ROUTES = sorted(str(pattern.pattern) for pattern in urlpatterns if str(pattern.pattern))


def token(user: Any) -> str:
    return str(AccessToken.for_user(user))


def cookie(user: Any) -> str:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return f"sessionid={client.cookies['sessionid'].value}"


@asynccontextmanager
async def line(
    address: str, path: str, user: Any = None, **headers: str
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A socket, with the user's token if there is one."""
    query = f"?token={token(user)}" if user is not None else ""
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(f"ws://{address}{path}{query}", headers=headers) as opened,
    ):
        yield opened


async def closed(opened: aiohttp.ClientWebSocketResponse) -> int | None:
    """The code that it is closed with, whatever was told before."""
    async with asyncio.timeout(SECONDS):
        while not opened.closed:
            message = await opened.receive()
            if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.ERROR):
                break
    return opened.close_code


async def told_nothing(opened: aiohttp.ClientWebSocketResponse) -> int | None:
    """The code of a socket that is closed before it tells anything."""
    async with asyncio.timeout(SECONDS):
        message = await opened.receive()
    assert message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED), message
    return opened.close_code


async def is_served(address: str, door: Door, user: Any) -> bool:
    """A newcomer comes in and is told something."""
    async with line(address, door.path, user) as opened, asyncio.timeout(SECONDS):
        first = json.loads((await opened.receive()).data)
        return isinstance(first["type"], str)


def raw(address: str, request: bytes, wait: float = SECONDS) -> bytes:
    """What the server answers to bytes that no client of good will sends."""
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=wait) as caller:
        try:
            caller.sendall(request)
            return caller.recv(4096)
        except (ConnectionError, TimeoutError):
            return b""


@pytest.fixture
def world(monkeypatch, transactional_db):
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    return build()


@pytest.fixture(params=ROUTES)
def door(request, world):
    return doors(world)[request.param]


@pytest.fixture
def server(world):
    with asgi_address() as address:
        yield address


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


def handshake_of(address, path):
    return f"GET {path} HTTP/1.1\r\nHost: {address}\r\n".encode() + UPGRADE + b"\r\n"


def broken_handshakes(address, path):
    host = f"GET {path} HTTP/1.1\r\nHost: {address}\r\n".encode()
    yield host + UPGRADE + b"X: " + b"x" * 1_000_000 + b"\r\n\r\n"
    yield host + UPGRADE + b"X: x\r\n" * 20_000 + b"\r\n"
    yield host + UPGRADE.partition(b"Sec-WebSocket-Key")[0] + b"\r\n"
    yield host + UPGRADE.replace(b"13", b"7", 1) + b"\r\n"
    yield b"\x16\x03\x01\x02\x00\x01\x00" * 50


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
