"""`/ws/tickets`: what happens to the tickets that one may see (contract.md §7)."""

import asyncio
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from config.api.permissions import STAFF
from config.sockets.consumer import GuardedConsumer
from tickets.live.news import frame
from tickets.live.viewers import Look, Viewer
from tickets.live.watch import Watch, the_watch

# Who does not read while this many frames pile up is let go; they come back with `since`.
QUEUED_FRAMES = 1000
TRY_AGAIN_LATER = 1013
CLOSING_SECONDS = 5
LARGEST_KEY = 2**63 - 1
ALIVE = frame("alive")


class TicketConsumer(GuardedConsumer):
    """Frames wait in a queue of the connection's own, so that one slow reader stops nobody else."""

    roles = STAFF
    user_id: int
    since: int | None
    # Which ticket's page is open, who else was last told to be there, and what is to be written.
    viewing: int | None = None
    others: list[Viewer] | None = None
    wants: Look | None = None
    _watch: Watch | None = None
    _writer: "asyncio.Task[None] | None" = None

    async def entered(self) -> None:
        self.user_id = self.scope["user"].pk
        self.since = _number(parse_qs(self.scope["query_string"].decode("latin-1")).get("since"))
        self._queue: asyncio.Queue[str] = asyncio.Queue(QUEUED_FRAMES)
        self._writer = asyncio.create_task(self._write())
        self._watch = the_watch()
        self._watch.join(self)

    async def disconnect(self, code: int) -> None:
        self._leave()

    async def framed(self, said: dict[str, Any]) -> None:
        if self._watch is None:
            return
        if said["type"] == "heartbeat":
            self._watch.attendance.heard(self.user_id)
            # Silence tells a page that its line is dead, which nothing else tells it.
            self.put(ALIVE)
        elif said["type"] == "viewing":
            ticket_id = said.get("ticket_id")
            is_key = type(ticket_id) is int and 0 < ticket_id <= LARGEST_KEY
            if is_key or ticket_id is None:
                self.wants = Look(self.user_id, ticket_id)

    def put(self, encoded: str) -> None:
        """Sends when the connection can take it; drops a connection that takes nothing."""
        try:
            self._queue.put_nowait(encoded)
        except asyncio.QueueFull:
            self.let_go(TRY_AGAIN_LATER)

    def let_go(self, code: int) -> None:
        self._leave()
        # Kept by the loop's scheduler until then; a line that takes nothing may not take this.
        self._closing = asyncio.create_task(self._close_soon(code))

    def _leave(self) -> None:
        if self._watch is not None:
            self._watch.leave(self)
            self._watch = None
        if self._writer is not None:
            self._writer.cancel()
            self._writer = None

    async def _close_soon(self, code: int) -> None:
        with suppress(Exception):
            await asyncio.wait_for(self.close(code), CLOSING_SECONDS)

    async def _write(self) -> None:
        while True:
            encoded = await self._queue.get()
            try:
                await self.tell(encoded)
            except Exception:
                # The line is broken: the server will say so, and `disconnect` cleans up.
                return


def _number(given: list[str] | None) -> int | None:
    """`?since=7`; what is no number is not there."""
    text = given[0] if given else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
