"""One look at the feed for all who are connected to this process, five times a second.

While nobody is connected nothing is asked. Everything that a connection is told goes through here,
one after the other, so that replays and news neither overlap nor leave a gap.
"""

import asyncio
import time
from typing import Protocol

from config.logs import get_logger
from config.sockets.consumer import NOT_ALLOWED, in_database
from tickets.live import attendance, feed, news, viewers

logger = get_logger(__name__)

LOOK_SECONDS = 0.2
VIEWERS_SECONDS = 1.0
STANDING_SECONDS = 60.0
# A page whose user sees little still learns how far it has come, so that `since` stays short.
SEQ_SECONDS = 15.0


class Connection(Protocol):
    """What the watch needs of a consumer."""

    user_id: int
    since: int | None
    viewing: int | None
    others: list[viewers.Viewer] | None
    wants: viewers.Look | None

    def put(self, encoded: str) -> None: ...
    def let_go(self, code: int) -> None: ...


class Watch:
    """`seq` is the number up to which everybody who is connected has been told."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.connections: set[Connection] = set()
        self.seq: int | None = None
        self._joining: list[Connection] = []
        self._ended: set[viewers.Look] = set()
        self._heard: set[int] = set()
        self._lost: set[int] = set()
        self._presence = attendance.Attendance()
        self._wake = asyncio.Event()
        self._due: dict[str, float] = {}
        self._seq_told = 0
        self.is_over = False
        self._task = asyncio.create_task(self._run())

    def join(self, connection: Connection) -> None:
        self._joining.append(connection)
        self._heard.add(connection.user_id)
        self._wake.set()

    def leave(self, connection: Connection) -> None:
        self.connections.discard(connection)
        if connection in self._joining:
            self._joining.remove(connection)
        self._end_look(connection)
        self._lost.add(connection.user_id)
        self._wake.set()

    @property
    def is_idle(self) -> bool:
        return not self.connections and not self._joining

    def heard(self, user_id: int) -> None:
        self._heard.add(user_id)

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            for step in (self._look, self._admit, self._attend, self._check_standing):
                try:
                    await step()
                except Exception:
                    # The database may be away for a moment; whoever is connected waits for it.
                    logger.exception("ticket_watch_failed", step=step.__name__)
            if self.is_idle and not self._lost:
                self.is_over = True
                return
            try:
                await asyncio.wait_for(self._wake.wait(), LOOK_SECONDS)
            except TimeoutError:
                continue

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
        if self.seq is None:
            return
        while self._joining:
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
            connection.put(news.frame("hello", seq=self.seq))
            if missed is None:
                connection.put(news.frame("ticket.reload"))
            for encoded in missed or []:
                connection.put(encoded)
            self._tell_seq([connection])

    def _tell_seq(self, connections: "set[Connection] | list[Connection]") -> None:
        for connection in list(connections):
            connection.put(news.frame("seq", seq=self.seq))

    async def _attend(self) -> None:
        """Who looks at which ticket, and who is there at all."""
        if not self._is_due("viewers", VIEWERS_SECONDS) and not self.is_idle:
            return
        await self._keep_presence()
        await self._keep_looks()
        looking = [connection for connection in self.connections if connection.viewing]
        tickets = {connection.viewing for connection in looking if connection.viewing}
        found = await in_database(viewers.viewers_of)(tickets) if tickets else {}
        for connection in looking:
            ticket_id = connection.viewing or 0
            others = [
                viewer
                for viewer in found.get(ticket_id, [])
                if viewer["id"] != connection.user_id
            ]
            if others != connection.others:
                connection.others = others
                connection.put(news.frame("ticket.viewers", ticket_id=ticket_id, viewers=others))

    async def _keep_presence(self) -> None:
        heard, self._heard = self._heard, set()
        here = {connection.user_id for connection in [*self.connections, *self._joining]}
        lost, self._lost = self._lost - here, set()
        self._presence.forget(lost)
        if lost:
            await in_database(attendance.lost)(lost)
        if due := self._presence.due(heard & here):
            await in_database(attendance.seen)(due)

    async def _keep_looks(self) -> None:
        wanting = [(one, one.wants) for one in self.connections if one.wants is not None]
        for connection, look in wanting:
            connection.wants = None
            if look is not None and connection.viewing != look.ticket_id:
                self._end_look(connection)
        looks = {look for _, look in wanting if look is not None and look.ticket_id}
        kept = await in_database(viewers.looks_kept)(looks) if looks else set()
        for connection, look in wanting:
            connection.viewing = look.ticket_id if look in kept and look is not None else None
        still = {viewers.Look(one.user_id, one.viewing) for one in self.connections}
        ended, self._ended = self._ended - still, set()
        if ended:
            await in_database(viewers.looks_ended)(ended)

    def _end_look(self, connection: Connection) -> None:
        if connection.viewing:
            self._ended.add(viewers.Look(connection.user_id, connection.viewing))
            connection.viewing = connection.others = None

    async def _check_standing(self) -> None:
        """Who was switched off or lost the role hears nothing more, and is let go."""
        if not self._is_due("standing", STANDING_SECONDS):
            return
        users = {connection.user_id for connection in self.connections}
        standing = await in_database(news.standing)(users) if users else set()
        for connection in list(self.connections):
            if connection.user_id not in standing:
                connection.let_go(NOT_ALLOWED)

    def _is_due(self, name: str, seconds: float) -> bool:
        now = time.monotonic()
        if now < self._due.get(name, 0):
            return False
        self._due[name] = now + seconds
        return True


_watch: Watch | None = None


def the_watch() -> Watch:
    """The running loop's watch; begun for the first who comes, over when the last has gone."""
    global _watch
    loop = asyncio.get_running_loop()
    if _watch is None or _watch.is_over or _watch.loop is not loop:
        _watch = Watch()
    return _watch
