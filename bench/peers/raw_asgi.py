"""The raw limit of accepting: bare ASGI, a pool, one INSERT and its commit a request (granian × 2).

Its table is `bench.peers.rows.ACCEPTED_TABLE`.
"""

import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import asyncpg

Message = MutableMapping[str, Any]

POOL = 10
_INSERT = (
    "INSERT INTO bench_accepted (template_id, recipient, variables, priority)"
    " VALUES ($1, $2, $3, $4) RETURNING id"
)


class Application:
    def __init__(self) -> None:
        self._pool: asyncpg.Pool | None = None

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        parts: list[bytes] = []
        while True:
            event = await receive()
            parts.append(event.get("body", b""))
            if not event.get("more_body"):
                break
        asked = json.loads(b"".join(parts))
        assert self._pool is not None
        pk = await self._pool.fetchval(
            _INSERT,
            asked["template_id"],
            asked["recipient"],
            json.dumps(asked["variables"]),
            asked["priority"],
        )
        body = b'{"message_id":"%d","status":"queued"}' % pk
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": 202, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _lifespan(
        self,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        await receive()
        self._pool = await asyncpg.create_pool(
            os.environ["BENCH_DATABASE_URL"], min_size=POOL, max_size=POOL
        )
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._pool.close()
        await send({"type": "lifespan.shutdown.complete"})


app = Application()
