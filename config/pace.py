"""How often something may happen: on one connection, in one process."""

import time


class Pace:
    """So many a second on average, and so many at once after a while of silence."""

    def __init__(self, a_second: float, at_once: int) -> None:
        self.a_second = a_second
        self._at_once = at_once
        self._left = float(at_once)
        self._at = time.monotonic()

    def allows(self) -> bool:
        now = time.monotonic()
        self._left = min(self._at_once, self._left + (now - self._at) * self.a_second)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
