"""A console's share of the tickets' feed, which has numbers of its own: `ticket_seq`, not `seq`."""

import json
from collections.abc import Callable
from functools import lru_cache

from config.sockets.frames import frame
from tickets.live.viewers import Look, Viewer
from tickets.live.watch import the_watch

_TOLD = frozenset({"ticket.updated", "ticket.gone", "ticket.reload"})


class TicketLine:
    """What the tickets' watch sees of a console's page. It keeps the page's presence as well."""

    viewing: int | None = None
    others: list[Viewer] | None = None
    wants: Look | None = None

    def __init__(
        self,
        user_id: int,
        since: int | None,
        put: Callable[[str], None],
        let_go: Callable[[int], None],
    ) -> None:
        self.user_id = user_id
        self.since = since
        self._put = put
        self._let_go = let_go
        self._watch = the_watch()
        self._watch.join(self)

    def heard(self) -> None:
        self._watch.attendance.heard(self.user_id)

    def leave(self) -> None:
        self._watch.leave(self)

    def put(self, encoded: str) -> None:
        told = _for_console(encoded)
        if told is not None:
            self._put(told)

    def let_go(self, code: int) -> None:
        self._let_go(code)


@lru_cache(maxsize=512)
def _for_console(encoded: str) -> str | None:
    """The same frame for everybody is taken apart once."""
    said = json.loads(encoded)
    if said["type"] not in _TOLD:
        return None
    if "seq" in said:
        said["ticket_seq"] = said.pop("seq")
    return frame(said.pop("type"), **said)
