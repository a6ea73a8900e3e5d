"""The smart robot's long connection (wechat-protocol.md §3.3): one for each robot, newest wins."""

import json
from typing import Any, ClassVar

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from wechat.simulator import bodies, members
from wechat.simulator.answers import PlatformError, ok
from wechat.simulator.faults import misbehave
from wechat.simulator.models import ChatMessage, Delivery
from wechat.simulator.smart_robot import CONTENT_BYTES

BOT_ID, SECRET = "sandbox-aibot", "sandbox-aibot-secret"
WRONG_ROBOT = 853000
NOT_SUBSCRIBED = 846605


class LongConnection(AsyncWebsocketConsumer):  # type: ignore[misc]
    open_ones: ClassVar[dict[str, "LongConnection"]] = {}
    _robot = ""

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        try:
            frame = json.loads(text_data or "")
            command, headers = frame["cmd"], {"req_id": str(frame["headers"]["req_id"])}
            body = frame.get("body") or {}
        except (ValueError, TypeError, KeyError, RecursionError):
            await self.close()
            return
        if not isinstance(body, dict):
            await self.close()
            return
        try:
            answer = await self._do(command, body)
        except PlatformError as error:
            answer = {"errcode": error.errcode, "errmsg": error.errmsg}
        await self.tell({"headers": headers, **answer})

    async def disconnect(self, code: int) -> None:
        if self.open_ones.get(self._robot) is self:
            del self.open_ones[self._robot]

    async def _do(self, command: str, body: dict[str, Any]) -> dict[str, Any]:
        if command == "aibot_subscribe":
            return await self._subscribe(body)
        if not self._robot:
            raise PlatformError(NOT_SUBSCRIBED, "not subscribed")
        if command == "aibot_send_msg":
            said: dict[str, Any] = await database_sync_to_async(_say)(body)
            return said
        if command == "ping":
            return {"errcode": 0, "errmsg": "ok"}
        raise PlatformError(40058, "unknown cmd")

    async def _subscribe(self, body: dict[str, Any]) -> dict[str, Any]:
        if (body.get("bot_id"), body.get("secret")) != (BOT_ID, SECRET):
            raise PlatformError(WRONG_ROBOT, "invalid bot_id or secret")
        older = self.open_ones.get(BOT_ID)
        self.open_ones[BOT_ID] = self
        self._robot = BOT_ID
        if older is not None:
            event = {"msgtype": "event", "event": {"eventtype": "disconnected_event"}}
            await older.tell(
                {"cmd": "aibot_event_callback", "headers": {"req_id": ""}, "body": event}
            )
            await older.close()
        return {"errcode": 0, "errmsg": "ok"}

    async def tell(self, frame: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(frame, ensure_ascii=False))


def _say(body: dict[str, Any]) -> dict[str, Any]:
    """`aibot_send_msg`: to the group that the robot is in, or to a member."""
    chat = body.get("chatid")
    if not isinstance(chat, str) or not (chat == members.GROUP_ID or members.is_member(chat)):
        raise PlatformError(40003, "invalid chatid")
    kind, part = bodies.content_of(body, {"markdown", "template_card"}, owner="app")
    if kind == "markdown":
        bodies.limit_bytes(part["content"], CONTENT_BYTES)
    payload = {"msgtype": kind, kind: part}

    def deliver() -> Any:
        Delivery.objects.create(channel="AI", to=chat, payload=payload)
        if chat == members.GROUP_ID:
            ChatMessage.objects.create(chat_id=chat, sender="aibot", kind=kind, content=payload)
        return ok()

    response = misbehave("AI", deliver)
    if response.status_code != 200:
        raise PlatformError(-1, "system busy")
    answer: dict[str, Any] = json.loads(response.content)
    return answer
