"""A process's own thread that keeps its copy of the runtime settings fresh and tells which it has.

It outlives Redis and the database being away. A forked child has none until it begins its own.
"""

import os
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

from django.db import DatabaseError, InterfaceError, connection

from config.logs import get_logger
from config.redis_link import RedisAway
from config.runtime import in_use, store
from config.runtime.hints import Ear

logger = get_logger(__name__)

# A little less than a copy lasts, so that readers find it fresh and need not ask themselves.
LOOK_SECONDS = 0.8
_LOGGED_EVERY_SECONDS = 30.0


class Follower:
    """Looks at every hint and every `LOOK_SECONDS` until stopped."""

    def __init__(self, kind: in_use.Kind, queues: Sequence[str] = ()) -> None:
        self._kind, self._queues = kind, sorted(queues)
        self._started_at = time.time()
        self._ear = Ear()
        self._stop = threading.Event()
        self._told_at = -in_use.REPORT_SECONDS
        self._logged_at = -_LOGGED_EVERY_SECONDS
        self._thread = threading.Thread(target=self._run, name="runtime", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns once the thread is gone, and with it this process's line."""
        self._stop.set()
        self._ear.stop()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                try:
                    self._look()
                except Exception:
                    logger.exception("runtime_look_failed")
                self._ear.wait(LOOK_SECONDS)
        finally:
            self._ear.close()
            connection.close()
            with suppress(RedisAway):
                in_use.withdraw(self._line().name)

    def _look(self) -> None:
        try:
            has_changed = store.refresh()
        except (DatabaseError, InterfaceError) as error:
            self._log_away(error)
            connection.close()
            return
        if has_changed or time.monotonic() - self._told_at >= in_use.REPORT_SECONDS:
            self._told_at = time.monotonic()
            with suppress(RedisAway):
                in_use.report(self._line())

    def _line(self) -> in_use.Line:
        return in_use.Line(
            kind=self._kind,
            host=socket.gethostname(),
            pid=os.getpid(),
            started_at=self._started_at,
            queues=self._queues,
            versions=store.versions_in_use(),
            seen_at=time.time(),
        )

    def _log_away(self, error: Exception) -> None:
        now = time.monotonic()
        if now - self._logged_at >= _LOGGED_EVERY_SECONDS:
            self._logged_at = now
            logger.warning("runtime_database_away", error=type(error).__name__)


_follower: Follower | None = None


def begin(kind: in_use.Kind, queues: Sequence[str] = ()) -> None:
    """Called where a process that lives long begins; the first call in a process counts."""
    global _follower
    if _follower is None:
        _follower = Follower(kind, queues)
        _follower.start()


def end() -> None:
    global _follower
    if _follower is not None:
        _follower.stop()
        _follower = None


def _start_anew() -> None:
    """A forked child has its parent's follower without its thread."""
    global _follower
    _follower = None


os.register_at_fork(after_in_child=_start_anew)
