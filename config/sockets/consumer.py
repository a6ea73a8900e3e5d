"""The base of every consumer: known callers only, numbered frames, a way to close that tells why."""

import json
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from config.api.roles import Role

NOT_LOGGED_IN = 4401
NOT_ALLOWED = 4403
NOT_FOUND = 4404
TOO_BIG = 1009
MAX_FRAME = 64 * 1024


class GuardedConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """A subclass says whose role may come in, and begins in `entered`.

    A browser only sees the close code of a socket that was accepted, so it is, and then closed.
    """

    roles: frozenset[Role] = frozenset()
    # None by this name: a connection needs no channel of its own in Redis. `config.sockets.layer`
    # has one a process.
    channel_layer_alias = "none"

    async def connect(self) -> None:
        await self.accept()
        code = await self.refusal()
        if code is None:
            await self.entered()
        else:
            await self.close(code)

    async def refusal(self) -> int | None:
        """The close code for whoever may not come in; None for who may."""
        user = self.scope.get("user")
        if user is None or not user.is_authenticated:
            return NOT_LOGGED_IN
        return None if getattr(user, "role", None) in self.roles else NOT_ALLOWED

    async def entered(self) -> None:
        """The caller is known and has the role."""

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Frames are JSON objects with a `type`; what is none closes the socket."""
        if text_data is None or len(text_data) > MAX_FRAME:
            await self.close(TOO_BIG if text_data else 1003)
            return
        try:
            frame = json.loads(text_data)
        except (ValueError, RecursionError):
            frame = None
        if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
            await self.close(1003)
        else:
            await self.framed(frame)

    async def framed(self, frame: dict[str, Any]) -> None:
        """One frame of the client's; `heartbeat` and unknown ones need no answer."""

    async def tell(self, encoded: str) -> None:
        await self.send(text_data=encoded)


class UnknownSocket(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Where no socket is."""

    channel_layer_alias = "none"

    async def connect(self) -> None:
        await self.accept()
        await self.close(NOT_FOUND)


class ForeignPage(AsyncWebsocketConsumer):  # type: ignore[misc]
    """For another site's page the handshake is refused (403): it does not even learn of a socket."""

    channel_layer_alias = "none"

    async def connect(self) -> None:
        await self.close()


in_database = database_sync_to_async
