"""`/ws/tickets`: what happens to the tickets that one may see (contract.md §7)."""

from typing import Any

from config.api.permissions import STAFF
from config.sockets.frames import frame
from config.sockets.line import Line
from tickets.live.viewers import Look, Viewer
from tickets.live.watch import Watch, the_watch

LARGEST_KEY = 2**63 - 1
ALIVE = frame("alive")


class TicketConsumer(Line):
    """Thin: the watch tells, the line sends."""

    roles = STAFF
    user_id: int
    # Which ticket's page is open, who else was last told to be there, and what is to be written.
    viewing: int | None = None
    others: list[Viewer] | None = None
    wants: Look | None = None
    _watch: Watch | None = None

    def begun(self) -> None:
        self.user_id = self.scope["user"].pk
        self._watch = the_watch()
        self._watch.join(self)

    def ended(self) -> None:
        if self._watch is not None:
            self._watch.leave(self)
            self._watch = None

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
