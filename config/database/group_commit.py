"""Group commit: requests of one moment share one transaction (performance.md: 12,200 against 7,800/s).

Whoever comes while a commit is under way waits with the others; the first of them then writes for
all. Nobody is answered before their row is durable.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar


class Entry(Protocol):
    """One request. After `submit` it is done; what it came to, the writer has put into it."""

    error: Exception | None
    is_done: bool


_E = TypeVar("_E", bound=Entry)


class GroupCommit(Generic[_E]):
    """`write` takes some entries, at most `most`, and writes all of them or none."""

    def __init__(self, write: Callable[[Sequence[_E]], None], most: int) -> None:
        self._write = write
        self._most = most
        self._mutex = threading.Lock()
        self._committing = threading.Lock()
        self._waiting: list[_E] = []

    def submit(self, entry: _E) -> _E:
        """Returns once the entry is committed; raises what writing it raised."""
        with self._mutex:
            self._waiting.append(entry)
        while not entry.is_done:
            with self._committing:
                if not entry.is_done:
                    with self._mutex:
                        group = self._waiting[: self._most]
                        del self._waiting[: self._most]
                    self.commit(group)
        if entry.error is not None:
            raise entry.error
        return entry

    def commit(self, group: Sequence[_E]) -> None:
        """Writes all of them in one transaction; what cannot be written has its `error`."""
        if not group:
            return
        try:
            self._write(group)
        except Exception:
            self._one_by_one(group)
        finally:
            for entry in group:
                entry.is_done = True

    def _one_by_one(self, group: Sequence[_E]) -> None:
        """One of them cannot be written: find out which, so that it sinks nobody else."""
        for entry in group:
            try:
                self._write([entry])
            except Exception as error:
                entry.error = error
