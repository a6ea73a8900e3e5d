"""One look at the feed for all who are connected to this process, five times a second.

While nobody is connected nothing is asked. All news go through here, one after the other, so that
replays and what happens meanwhile neither overlap nor leave a gap.
"""

import asyncio
import time
from collections.abc import Iterable

from config.sockets.consumer import NOT_ALLOWED, in_database
from config.sockets.frames import frame
from config.sockets.one_watch import OneWatch
from config.sockets.steps import safely
from tickets.live import feed, news
from tickets.live.attendance import Attendance
from tickets.live.connection import Connection

LOOK_SECONDS = 0.2
ATTENDANCE_SECONDS = 1.0
STANDING_SECONDS = 60.0
# A page whose user sees little still learns how far we have come, so that `since` stays short.
SEQ_SECONDS = 15.0


class Watch:
    """`seq` is the number up to which everybody who is connected has been told."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.connections: set[Connection] = set()
        self.attendance = Attendance(self.connections)
        self.seq: int | None = None
        self.is_over = False
        self._joining: list[Connection] = []
        self._wake = asyncio.Event()
        self._due: dict[str, float] = {}
        self._seq_told = 0
        self._tasks = (
            asyncio.create_task(self._follow()),
            asyncio.create_task(self._attend()),
        )

    def join(self, connection: Connection) -> None:
        self._joining.append(connection)
        self.attendance.heard(connection.user_id)
        self._wake.set()

    def leave(self, connection: Connection) -> None:
        self.connections.discard(connection)
        if connection in self._joining:
            self._joining.remove(connection)
        self.attendance.left(connection)
        self._wake.set()

    @property
    def is_idle(self) -> bool:
        return not self.connections and not self._joining

    async def _follow(self) -> None:
        while not self.is_idle:
            self._wake.clear()
            for step in (self._look, self._admit, self._check_standing):
                await safely(step)
            if self.is_idle:
                break
            try:
                # Not `wait_for`: on Python 3.11 it can lose a cancellation, and a server's exit with it.
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                continue
        self.is_over = True

    async def _attend(self) -> None:
        while not (self.is_over and self.attendance.is_done):
            await safely(self.attendance.keep)
            await asyncio.sleep(ATTENDANCE_SECONDS)

    async def _look(self) -> None:
        if self.seq is None:
            self.seq = await in_database(feed.current_seq)()
            return
        users = {connection.user_id for connection in self.connections}
        found = await in_database(news.news_after)(self.seq, users)
        for connection in list(self.connections):
            for encoded in found.frames.get(connection.user_id, []):
                connection.put(encoded)
        self.seq = found.seq
        if self._is_due("seq", SEQ_SECONDS) and self.seq != self._seq_told:
            self._tell_seq(self.connections)
            self._seq_told = self.seq

    async def _admit(self) -> None:
        """Whoever has just come is told where we stand, then what they missed until there."""
        while self._joining and self.seq is not None:
            connection = self._joining[0]
            missed: list[str] | None = []
            if connection.since is not None:
                missed = await in_database(news.missed_by)(
                    connection.user_id, since=connection.since, until=self.seq
                )
            if connection not in self._joining:
                continue
            self._joining.remove(connection)
            self.connections.add(connection)
            connection.put(frame("hello", seq=self.seq))
            for encoded in [frame("ticket.reload")] if missed is None else missed:
                connection.put(encoded)
            self._tell_seq([connection])

    def _tell_seq(self, connections: Iterable[Connection]) -> None:
        for connection in list(connections):
            connection.put(frame("seq", seq=self.seq))

    async def _check_standing(self) -> None:
        """Who was switched off or lost the role is let go; of tickets they heard no more before."""
        if not self.connections or not self._is_due("standing", STANDING_SECONDS):
            return
        users = {connection.user_id for connection in self.connections}
        standing = await in_database(news.standing)(users)
        for connection in list(self.connections):
            if connection.user_id in users - standing:
                connection.let_go(NOT_ALLOWED)

    def _is_due(self, name: str, seconds: float) -> bool:
        now = time.monotonic()
        if now < self._due.get(name, 0):
            return False
        self._due[name] = now + seconds
        return True


the_watch = OneWatch(Watch)
