"""The door as an ASGI application in front of Django's."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from config.api.trace import request_id_of
from messaging.door.asked import MAX_BODY, PATH, asked_of, heads_of
from messaging.door.committer import Committer

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]


class SendDoor:
    """Answers plain good sends; `django` answers everything else, as if this were not here."""

    def __init__(self, django: App) -> None:
        self._django = django
        self._committer: Committer | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != PATH or scope["method"] != "POST":
            await self._django(scope, receive, send)
            return
        heads = heads_of(scope["headers"])
        if not heads.is_plain:
            await self._django(scope, receive, send)
            return
        body, is_whole = await _read(receive)
        asked = asked_of(body) if is_whole else None
        answer = await self._door().accept(heads, asked, body) if asked is not None else None
        if answer is None:
            await self._django(scope, _again(body, is_whole, receive), send)
            return
        content = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
        await send(
            {
                "type": "http.response.start",
                "status": 202,
                "headers": [
                    (b"content-type", b"application/json"),
                    (b"content-length", str(len(content)).encode()),
                    (b"x-request-id", request_id_of(heads.request_id).encode()),
                ],
            }
        )
        await send({"type": "http.response.body", "body": content})

    def stop(self) -> None:
        if self._committer is not None:
            self._committer.stop()
            self._committer = None

    def _door(self) -> Committer:
        if self._committer is None:
            self._committer = Committer()
        return self._committer


async def _read(receive: Receive) -> tuple[bytes, bool]:
    """The body, as far as it fits; False when there is more of it, or the client has gone."""
    parts: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] != "http.request":
            return b"".join(parts), False
        parts.append(event.get("body", b""))
        size += len(parts[-1])
        if not event.get("more_body"):
            return b"".join(parts), True
        if size > MAX_BODY:
            return b"".join(parts), False


def _again(body: bytes, is_whole: bool, receive: Receive) -> Receive:
    """What was read, once more, and then the rest."""
    was_told = False

    async def told() -> MutableMapping[str, Any]:
        nonlocal was_told
        if not was_told:
            was_told = True
            return {"type": "http.request", "body": body, "more_body": not is_whole}
        return await receive()

    return told
