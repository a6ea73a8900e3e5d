"""What channels keep open on an event loop is closed with it (messaging/sending/pool.py)."""

import threading
from collections.abc import Awaitable, Callable

Closer = Callable[[], Awaitable[None]]

_own = threading.local()


def close_with_loop(closer: Closer) -> None:
    """Has `closer` awaited when this thread's loop ends."""
    closers: list[Closer] = _own.__dict__.setdefault("closers", [])
    if closer not in closers:
        closers.append(closer)


async def close_kept() -> None:
    """Closes what this thread's channels kept open."""
    for closer in _own.__dict__.pop("closers", []):
        await closer()
