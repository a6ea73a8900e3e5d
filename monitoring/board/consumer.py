"""`/ws/monitor`: how everything goes, each second (contract.md §7)."""

from typing import Any

from config.api.permissions import STAFF
from config.sockets.frames import frame
from config.sockets.line import Line
from config.sockets.standing import Login, login_of
from monitoring.board.watch import Watch, the_watch

ALIVE = frame("alive")


class MonitorConsumer(Line):
    """Thin: the watch tells, the line sends. Who may see the statistics by the API may here."""

    roles = STAFF
    login: Login
    _watch: Watch | None = None

    def begun(self) -> None:
        self.login = login_of(self.scope, STAFF)
        self._watch = the_watch()
        self._watch.join(self)

    def ended(self) -> None:
        if self._watch is not None:
            self._watch.leave(self)
            self._watch = None

    async def framed(self, said: dict[str, Any]) -> None:
        if said["type"] == "heartbeat":
            self.put(ALIVE)
