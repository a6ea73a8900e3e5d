"""Asks all servers at once, each for a bounded time, and remembers the answer for a moment."""

import threading
import time
from concurrent.futures import Future, wait
from dataclasses import replace

from config.health.looks import ANSWER_SECONDS, Look, all_looks
from config.health.reading import Reading
from config.logs import get_logger

logger = get_logger(__name__)

# However many probes there are, each server is asked at most so often by a process.
KEPT_SECONDS = 2.0
# A little more than a server has, so that its own time-out tells why.
WAIT_SECONDS = ANSWER_SECONDS + 0.5


class Prober:
    """One question to a server at a time: one that hangs costs a thread, not a thread a probe."""

    def __init__(self, looks: list[Look]) -> None:
        self._looks = looks
        self._lock = threading.Lock()
        self._asked: dict[str, Future[dict[str, Reading]]] = {}
        self._kept: dict[str, Reading] = {}
        self._read_at = float("-inf")

    def readings(self) -> dict[str, Reading]:
        """Of every part, at most `KEPT_SECONDS` old; takes at most `WAIT_SECONDS`."""
        with self._lock:
            if time.monotonic() - self._read_at >= KEPT_SECONDS:
                self._kept = self._look()
                self._read_at = time.monotonic()
            return self._kept

    def _look(self) -> dict[str, Reading]:
        for look in self._looks:
            previous = self._asked.get(look.server)
            if previous is None or previous.done():
                self._asked[look.server] = _ask(look)
        wait(self._asked.values(), WAIT_SECONDS)
        found: dict[str, Reading] = {}
        for look in self._looks:
            answer = self._asked[look.server]
            found |= answer.result() if answer.done() else look.without_answer("没有应答")
        return {name: self._dated(name, reading) for name, reading in found.items()}

    def _dated(self, name: str, reading: Reading) -> Reading:
        before = self._kept.get(name)
        if before is not None and before.status is reading.status:
            return replace(reading, since=before.since)
        return replace(reading, since=time.time())


def _ask(look: Look) -> Future[dict[str, Reading]]:
    answer: Future[dict[str, Reading]] = Future()

    def run() -> None:
        try:
            answer.set_result(look.ask())
        except Exception:
            # A probe never becomes a 500: what is wrong with it stands in the log.
            logger.exception("health_look_failed", server=look.server)
            answer.set_result(look.without_answer("探测出错"))

    threading.Thread(target=run, name=f"health-{look.server}", daemon=True).start()
    return answer


_own_lock = threading.Lock()
_own: Prober | None = None


def readings() -> dict[str, Reading]:
    """This process's readings of every part."""
    global _own
    with _own_lock:
        if _own is None:
            _own = Prober(all_looks())
        prober = _own
    return prober.readings()


def reading(name: str) -> Reading:
    return readings()[name]


def forget() -> None:
    """The next reading asks again."""
    global _own
    with _own_lock:
        _own = None
