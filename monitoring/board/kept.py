"""A figure that costs something is asked for once in so many seconds, whoever and however many look."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Kept(Generic[_T]):
    """What `ask` answered within the last `seconds`; one thread asks, the others wait for it."""

    def __init__(self, ask: Callable[[], _T], seconds: float) -> None:
        self._ask = ask
        self._seconds = seconds
        self._lock = threading.Lock()
        self._found: tuple[float, _T] | None = None

    def __call__(self) -> _T:
        with self._lock:
            now = time.monotonic()
            if self._found is None or now - self._found[0] >= self._seconds:
                self._found = (now, self._ask())
            return self._found[1]

    def forget(self) -> None:
        with self._lock:
            self._found = None
