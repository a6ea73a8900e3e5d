"""Tells a relay in this same process that there is work, so that it need not wait for its next look."""

import threading

_event = threading.Event()


def signal() -> None:
    _event.set()


def wait(seconds: float) -> None:
    """Returns at the next signal, or after `seconds`."""
    _event.wait(seconds)
    _event.clear()
