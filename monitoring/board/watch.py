"""One look a second for all who watch in this process; while nobody does, nothing is asked."""

import asyncio
import time
from typing import Protocol

from config.logs import get_logger
from config.sockets.database import DatabaseThreads
from config.sockets.frames import frame
from config.sockets.one_watch import OneWatch
from config.sockets.standing import Login, fallen
from config.sockets.steps import safely
from monitoring.board.serializers import SnapshotSerializer
from monitoring.board.snapshot import snapshot

logger = get_logger(__name__)

FRAME_SECONDS = 1.0
STANDING_SECONDS = 60.0

_looking = DatabaseThreads(1, "monitor")


class Page(Protocol):
    """What the watch needs of a consumer."""

    login: Login

    @property
    def is_behind(self) -> bool: ...
    def put(self, encoded: str) -> None: ...
    def let_go(self, code: int) -> None: ...


class Watch:
    """Each frame tells the whole state, so whoever comes back needs nothing of what they missed.

    `seq` grows with every frame. It starts from the clock, so that it also grows for who comes back
    after everybody had left, or to another process.
    """

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.seq = 0
        self.is_over = False
        self._pages: set[Page] = set()
        self._last: str | None = None
        self._checked_at = time.monotonic()
        self._task = asyncio.create_task(self._follow())

    def join(self, page: Page) -> None:
        """Who comes later gets the newest frame at once."""
        self._pages.add(page)
        page.put(frame("hello", seq=self.seq))
        if self._last is not None:
            page.put(self._last)

    def leave(self, page: Page) -> None:
        self._pages.discard(page)

    async def _follow(self) -> None:
        while self._pages:
            begun = time.monotonic()
            await self._look()
            await safely(self._check_standing)
            await asyncio.sleep(max(0.1, FRAME_SECONDS - (time.monotonic() - begun)))
        self.is_over = True

    async def _look(self) -> None:
        try:
            seen = await _looking(_seen)
        except Exception:
            # The database may be away for a moment; whoever watches is told that figures are old.
            logger.exception("monitor_look_failed")
            self._tell(frame("unavailable", seq=self._next()))
            return
        self._last = frame("statistics", seq=self._next(), **seen)
        self._tell(self._last)

    def _next(self) -> int:
        self.seq = max(self.seq + 1, int(time.time() * 1000))
        return self.seq

    def _tell(self, encoded: str) -> None:
        for page in list(self._pages):
            # A slow line gets the newest when it can take it, not all that it missed.
            if not page.is_behind:
                page.put(encoded)

    async def _check_standing(self) -> None:
        """Who logged out, was switched off, or lost the role is let go."""
        now = time.monotonic()
        if now - self._checked_at < STANDING_SECONDS:
            return
        self._checked_at = now
        there = list(self._pages)
        codes = await _looking(fallen, {page.login for page in there})
        for page in there:
            if page.login in codes:
                page.let_go(codes[page.login])


def _seen() -> dict[str, object]:
    return dict(SnapshotSerializer(snapshot()).data)


the_watch = OneWatch(Watch)
