"""Sockets of both sides for tests: opened, and their frames read past what is of no matter."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from rest_framework_simplejwt.tokens import AccessToken

from tests.messaging.sockets import Socket

# Snapshots that come when they come.
BESIDE = frozenset({"queue.updated", "presence"})


@asynccontextmanager
async def opened(
    path: str, user: Any = None, headers: list[tuple[bytes, bytes]] | None = None, **query: Any
) -> AsyncIterator[Socket]:
    if user is not None:
        query["token"] = AccessToken.for_user(user)
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    socket = Socket(f"{path}?{asked}", headers or [])
    connected, code = await socket.connect()
    assert connected, code
    try:
        yield socket
    finally:
        await socket.leave()


async def entered(path: str, user: Any = None, **more: Any) -> int | None:
    """The code that the socket is closed with; None when one may stay."""
    async with opened(path, user, **more) as socket:
        event = await socket.receive_output(10)
        return event.get("code")


async def next_of(socket: Socket, *kinds: str) -> dict[str, Any]:
    """The next frame of these kinds."""
    while True:
        frame = await socket.frame()
        if frame["type"] in kinds:
            return frame


async def frames_until(socket: Socket, kind: str) -> list[dict[str, Any]]:
    """Everything said before the next frame of that kind, but for the snapshots."""
    frames = []
    while (frame := await socket.frame())["type"] != kind:
        if frame["type"] not in BESIDE:
            frames.append(frame)
    return frames


async def closed(socket: Socket) -> int:
    while True:
        event = await socket.receive_output(10)
        if event["type"] == "websocket.close":
            code: int = event["code"]
            return code


async def tell(socket: Socket, kind: str, **content: Any) -> None:
    await socket.say(json.dumps({"type": kind, **content}))


async def heard(socket: Socket) -> list[dict[str, Any]]:
    """What has been told until a heartbeat is answered: everything that was on its way."""
    await tell(socket, "heartbeat")
    return await frames_until(socket, "alive")


async def greeted(socket: Socket) -> list[dict[str, Any]]:
    """`hello`, and what was told of the time before."""
    hello = await next_of(socket, "hello")
    return [hello, *await heard(socket)]
