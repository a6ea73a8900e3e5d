"""Every socket there is, out of the URL table: its address, who may come in, and who may not."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from django.test import Client
from rest_framework_simplejwt.tokens import AccessToken

from config.websocket_urls import urlpatterns
from tests.permissions.world import World

SECONDS = 10


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
