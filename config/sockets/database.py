"""Database work of a socket server: in threads of its own, never in the loop."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from channels.db import DatabaseSyncToAsync

_P = ParamSpec("_P")
_T = TypeVar("_T")


class DatabaseThreads:
    """`await threads(act, …)` runs `act` in one of so many threads, each with its own connection.

    What must not wait for each other has threads of its own.
    """

    def __init__(self, size: int, name: str) -> None:
        self._executor = ThreadPoolExecutor(size, name)

    async def __call__(self, act: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        run = DatabaseSyncToAsync(act, thread_sensitive=False, executor=self._executor)
        done: _T = await run(*args, **kwargs)
        return done
