"""Which of our processes are alive: each leaves its name and the time in the shared cache."""

import os
import socket
import time
from typing import Any, Literal

from celery.signals import heartbeat_sent
from django.core.cache import cache

ProcessKind = Literal["worker", "beat", "relay"]
# A process that was silent for so long is taken for dead.
SILENT_SECONDS = 60
_EVERY_SECONDS = 5.0
_last: dict[str, float] = {}


def beat_once(kind: ProcessKind) -> None:
    """Marks this process alive; cheap to call often, writes every five seconds."""
    now = time.monotonic()
    if now - _last.get(kind, -_EVERY_SECONDS) < _EVERY_SECONDS:
        return
    _last[kind] = now
    name = f"{socket.gethostname()}:{os.getpid()}"
    cache.set(f"alive:{kind}", {"name": name, "at": time.time()}, SILENT_SECONDS)


def is_alive(kind: ProcessKind) -> bool:
    return cache.get(f"alive:{kind}") is not None


@heartbeat_sent.connect
def _worker_beats(**_kwargs: Any) -> None:
    beat_once("worker")
