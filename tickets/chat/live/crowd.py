"""Everybody who is connected to this process, findable by what they are told of."""

from collections.abc import Iterator
from typing import TypeVar

from tickets.chat.live.connection import Connection, ConsolePage, CustomerPage, WaitingPage

_T = TypeVar("_T")
_K = TypeVar("_K")


class Crowd:
    def __init__(self) -> None:
        self.waiting: set[WaitingPage] = set()
        self._pages: dict[int, set[ConsolePage]] = {}
        self._watching: dict[int, set[ConsolePage]] = {}
        self._customers: dict[int, set[CustomerPage]] = {}

    @property
    def is_empty(self) -> bool:
        return not (self._pages or self._customers or self.waiting)

    def everybody(self) -> Iterator[Connection]:
        yield from self.pages()
        for customers in self._customers.values():
            yield from customers
        yield from self.waiting

    def pages(self) -> list[ConsolePage]:
        return [page for pages in self._pages.values() for page in pages]

    def pages_of(self, user_id: int) -> set[ConsolePage]:
        return self._pages.get(user_id, set())

    def pages_with(self, chat_id: int) -> set[ConsolePage]:
        """Those that have the chat open."""
        return self._watching.get(chat_id, set())

    def customers_with(self, chat_id: int) -> set[CustomerPage]:
        return self._customers.get(chat_id, set())

    def opened(self) -> dict[int, set[int]]:
        """Each colleague, and which chats their pages have open."""
        return {
            user: {page.watching for page in pages if page.watching is not None}
            for user, pages in self._pages.items()
        }

    def looks(self) -> dict[int, dict[int, str]]:
        """For each chat that colleagues have open, who they are and what they are called."""
        return {
            chat: {page.user_id: page.user_name for page in pages}
            for chat, pages in self._watching.items()
        }

    def customers(self) -> dict[int, set[int]]:
        """For each chat that customers have open, who they are."""
        return {
            chat: {page.customer_id for page in pages} for chat, pages in self._customers.items()
        }

    def add_page(self, page: ConsolePage) -> None:
        _add(self._pages, page.user_id, page)
        if page.watching is not None:
            _add(self._watching, page.watching, page)

    def add_customer(self, page: CustomerPage) -> None:
        _add(self._customers, page.chat_id, page)

    def open(self, page: ConsolePage, chat_id: int | None) -> None:
        """The page shows that chat now, or none."""
        if page.watching is not None:
            _remove(self._watching, page.watching, page)
        page.watching = chat_id
        if chat_id is not None and page in self.pages_of(page.user_id):
            _add(self._watching, chat_id, page)

    def remove_page(self, page: ConsolePage) -> None:
        self.open(page, None)
        _remove(self._pages, page.user_id, page)

    def remove_customer(self, page: CustomerPage) -> None:
        _remove(self._customers, page.chat_id, page)


def _add(index: dict[_K, set[_T]], key: _K, one: _T) -> None:
    index.setdefault(key, set()).add(one)


def _remove(index: dict[_K, set[_T]], key: _K, one: _T) -> None:
    among = index.get(key)
    if among is not None:
        among.discard(one)
        if not among:
            del index[key]
