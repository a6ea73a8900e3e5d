"""One watch for all who are connected to a process."""

import asyncio
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class Watch(Protocol):
    """Made in a running loop, and over when the last has gone."""

    loop: asyncio.AbstractEventLoop
    is_over: bool


_W = TypeVar("_W", bound=Watch)


class OneWatch(Generic[_W]):
    """Called: the running loop's watch; begun for the first who comes."""

    def __init__(self, begin: Callable[[], _W]) -> None:
        self._begin = begin
        self._present: _W | None = None

    def __call__(self) -> _W:
        found = self._present
        if found is None or found.is_over or found.loop is not asyncio.get_running_loop():
            found = self._present = self._begin()
        return found
