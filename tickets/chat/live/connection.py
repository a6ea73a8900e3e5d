"""What the watch needs of its consumers."""

from typing import Protocol

from tickets.chat.live.callers import Caller


class Connection(Protocol):
    """`since` is what the page has seen."""

    caller: Caller
    since: int | None

    def put(self, encoded: str) -> None: ...
    def let_go(self, code: int) -> None: ...


class ConsolePage(Connection, Protocol):
    """A colleague's page; `watching` is the chat that it has open."""

    user_id: int
    user_name: str
    watching: int | None


class CustomerPage(Connection, Protocol):
    """A customer's page of one chat."""

    customer_id: int
    chat_id: int


class WaitingPage(Connection, Protocol):
    """A customer's page that shows their place in the queue; `shown` was told last."""

    customer_id: int
    shown: str
