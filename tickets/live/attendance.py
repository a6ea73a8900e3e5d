"""Who is there, and who looks at which ticket: written and told once a second.

It has a thread of its own: a write that waits for others must not keep news waiting.
"""

import time
from collections.abc import Collection

from config.sockets.database import DatabaseThreads
from config.sockets.frames import frame
from customers.queries.staff import team_members
from tickets.live import viewers
from tickets.live.connection import Connection
from tickets.live.viewers import Look
from tickets.presence.actions import presence_lost, presence_seen

HEARD_EVERY_SECONDS = 20.0

_in_thread = DatabaseThreads(1, "ticket-attendance")


class Attendance:
    """`connections` are those of the watch; it changes them, this only reads."""

    def __init__(self, connections: set[Connection]) -> None:
        self._connections = connections
        self._heard: set[int] = set()
        self._left: set[int] = set()
        self._ended: set[Look] = set()
        self._written: dict[int, float] = {}

    @property
    def is_done(self) -> bool:
        return not (self._heard or self._left or self._ended)

    def heard(self, user_id: int) -> None:
        self._heard.add(user_id)

    def left(self, connection: Connection) -> None:
        self._end_look(connection)
        self._left.add(connection.user_id)

    async def keep(self) -> None:
        await self._keep_presence()
        await self._keep_looks()
        await self._tell_viewers()

    async def _keep_presence(self) -> None:
        """A page that is heard from shows that its user is there, written now and then."""
        heard, self._heard = self._heard, set()
        left, self._left = self._left, set()
        lost = left - {connection.user_id for connection in self._connections}
        now = time.monotonic()
        self._written = {
            user: at
            for user, at in self._written.items()
            if user not in lost and now - at < HEARD_EVERY_SECONDS
        }
        due = {user for user in heard - lost if user not in self._written}
        self._written.update(dict.fromkeys(due, now))
        if due:
            await _in_thread(_note_seen, due)
        if lost:
            await _in_thread(_note_lost, lost)

    async def _keep_looks(self) -> None:
        wanting = [(one, one.wants) for one in self._connections if one.wants is not None]
        for connection, look in wanting:
            connection.wants = None
            if look is not None and connection.viewing != look.ticket_id:
                self._end_look(connection)
        looks = {look for _, look in wanting if look is not None and look.ticket_id}
        kept = await _in_thread(viewers.looks_kept, looks) if looks else set()
        for connection, look in wanting:
            connection.viewing = look.ticket_id if look in kept and look is not None else None
            if connection not in self._connections:
                self._end_look(connection)
        still = {Look(one.user_id, one.viewing) for one in self._connections}
        ended, self._ended = self._ended - still, set()
        if ended:
            await _in_thread(viewers.looks_ended, ended)

    def _end_look(self, connection: Connection) -> None:
        if connection.viewing:
            self._ended.add(Look(connection.user_id, connection.viewing))
            connection.viewing = connection.others = None

    async def _tell_viewers(self) -> None:
        looking = [(one, one.viewing) for one in self._connections if one.viewing]
        if not looking:
            return
        found = await _in_thread(viewers.viewers_of, {ticket for _, ticket in looking if ticket})
        for connection, ticket in looking:
            others = [who for who in found[ticket] if who["id"] != connection.user_id]
            if connection.viewing == ticket and others != connection.others:
                connection.others = others
                connection.put(frame("ticket.viewers", ticket_id=ticket, viewers=others))


def _note_seen(users: Collection[int]) -> None:
    for user in team_members().filter(pk__in=users):
        presence_seen(user=user)


def _note_lost(users: Collection[int]) -> None:
    for user in team_members().filter(pk__in=users):
        presence_lost(user=user)
