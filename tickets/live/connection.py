"""What the watch needs of a consumer."""

from typing import Protocol

from tickets.live.viewers import Look, Viewer


class Connection(Protocol):
    """`since` is what the page has seen; `viewing` the ticket it shows, `others` who else was told
    to look at it, `wants` what it said last and nobody has written down yet.
    """

    user_id: int
    since: int | None
    viewing: int | None
    others: list[Viewer] | None
    wants: Look | None

    def put(self, encoded: str) -> None: ...
    def let_go(self, code: int) -> None: ...
