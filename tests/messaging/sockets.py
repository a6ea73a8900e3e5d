"""A WebSocket client for tests: ASGI events, as a server would hand them over."""

import json
from typing import Any
from urllib.parse import unquote

from asgiref.testing import ApplicationCommunicator

from config.asgi import Application


class Socket(ApplicationCommunicator):
    def __init__(self, path: str, headers: list[tuple[bytes, bytes]]) -> None:
        path, _, query = path.partition("?")
        scope = {
            "type": "websocket",
            "path": unquote(path),
            "query_string": query.encode(),
            "headers": headers,
            "subprotocols": [],
        }
        super().__init__(Application(), scope)

    async def connect(self) -> tuple[bool, int | None]:
        await self.send_input({"type": "websocket.connect"})
        event = await self.receive_output(10)
        return event["type"] == "websocket.accept", event.get("code")

    async def frame(self) -> dict[str, Any]:
        event = await self.receive_output(10)
        assert event["type"] == "websocket.send", event
        frame: dict[str, Any] = json.loads(event["text"])
        return frame

    async def say(self, text: str) -> None:
        await self.send_input({"type": "websocket.receive", "text": text})

    async def leave(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(10)
