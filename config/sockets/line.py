"""A consumer whose frames wait in a queue of its own, so that one slow reader stops nobody else."""

import asyncio
import time
from collections import Counter
from collections.abc import Hashable
from contextlib import suppress
from urllib.parse import parse_qs

from config.pace import Pace
from config.sockets.consumer import GuardedConsumer
from config.whole_number import whole_number

# Who does not read while this many frames pile up is let go; they come back with `since`.
QUEUED_FRAMES = 1000
TRY_AGAIN_LATER = 1013
GOING_AWAY = 1001
TOO_MANY = 1008
CLOSING_SECONDS = 5
# Far more than any page sends; whoever sends more is no page of ours.
FRAMES_A_SECOND, FRAMES_AT_ONCE = 30.0, 100
# Of one person in one process: more pages than anybody has open.
LINES_A_PERSON = 100
_lines: Counter[Hashable] = Counter()


class Line(GuardedConsumer):
    """`begun` and `ended` come once each, between them `put` sends in order.

    `since` is the number that the client has seen, if it said one.
    """

    # Pages say something every 15–25 seconds; None: silence is nothing special.
    silent_seconds: float | None = None
    since: int | None = None
    _writer: "asyncio.Task[None] | None" = None
    _silence: asyncio.TimerHandle | None = None

    @property
    def person(self) -> Hashable:
        """Whose lines are counted together."""
        user_id: int = self.scope["user"].pk
        return user_id

    async def entered(self) -> None:
        if _lines[self.person] >= LINES_A_PERSON:
            await self.close(TRY_AGAIN_LATER)
            return
        _lines[self.person] += 1
        self.since = number(self.asked("since"))
        self._queue: asyncio.Queue[str] = asyncio.Queue(QUEUED_FRAMES)
        self._pace = Pace(FRAMES_A_SECOND, FRAMES_AT_ONCE)
        self._heard = time.monotonic()
        self._writer = asyncio.create_task(self._write())
        self._watch_silence()
        self.begun()

    def begun(self) -> None:
        """The line is open."""

    def ended(self) -> None:
        """The line is closed, or is being closed: nothing is sent any more."""

    @property
    def is_open(self) -> bool:
        return self._writer is not None

    @property
    def is_behind(self) -> bool:
        """It has not taken yet what was put before."""
        return self.is_open and not self._queue.empty()

    def asked(self, name: str) -> str:
        """A parameter of the address; empty when it is not there."""
        given = parse_qs(self.scope["query_string"].decode("latin-1")).get(name)
        return given[0] if given else ""

    async def disconnect(self, code: int) -> None:
        self._leave()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self.is_open:
            return
        self._heard = time.monotonic()
        if self._pace.allows():
            await super().receive(text_data, bytes_data)
        else:
            self.let_go(TOO_MANY)

    def put(self, encoded: str) -> None:
        """Sends when the connection can take it; drops a connection that takes nothing."""
        if not self.is_open:
            return
        try:
            self._queue.put_nowait(encoded)
        except asyncio.QueueFull:
            self.let_go(TRY_AGAIN_LATER)

    def let_go(self, code: int) -> None:
        if not self.is_open:
            return
        self._leave()
        # Kept by the loop's scheduler until then; a line that takes nothing may not take this.
        self._closing = asyncio.create_task(self._close_soon(code))

    def _leave(self) -> None:
        if self._writer is None:
            return
        self._writer.cancel()
        self._writer = None
        _lines[self.person] -= 1
        if not _lines[self.person]:
            del _lines[self.person]
        if self._silence is not None:
            self._silence.cancel()
        self.ended()

    async def _close_soon(self, code: int) -> None:
        with suppress(Exception):
            async with asyncio.timeout(CLOSING_SECONDS):
                await self.close(code)

    async def _write(self) -> None:
        while True:
            encoded = await self._queue.get()
            try:
                await self.tell(encoded)
            except Exception:
                # The line is broken: the server will say so, and `disconnect` cleans up.
                return

    def _watch_silence(self) -> None:
        if self.silent_seconds is None:
            return
        left = self._heard + self.silent_seconds - time.monotonic()
        if left <= 0:
            self.let_go(GOING_AWAY)
        else:
            loop = asyncio.get_running_loop()
            self._silence = loop.call_later(left, self._watch_silence)


def number(text: str) -> int | None:
    """`?since=7`; what is no number is not there."""
    return whole_number(text)
