"""Which of our processes are alive: each leaves its name and the time where all can see it.

In Redis, a hash for each kind, by Redis's clock: a machine whose own is wrong takes nobody for dead and
is not taken for dead. In the one-process profile in its own memory.
"""

import os
import socket
import threading
import time
from typing import Any, Literal

from celery.signals import heartbeat_sent
from django.conf import settings
from redis import Redis

from config.redis_link import RedisAway, ask

ProcessKind = Literal["worker", "beat", "relay"]
# A process that was silent for so long is taken for dead.
SILENT_SECONDS = 60
_EVERY_SECONDS = 5.0
_KEPT_SECONDS = 24 * 3600
_lock = threading.Lock()
_last: dict[str, float] = {}
_own: dict[str, dict[str, float]] = {}


def beat_once(kind: ProcessKind) -> None:
    """Marks this process alive; cheap to call often, writes every five seconds."""
    passed = time.monotonic()
    if passed - _last.get(kind, -_EVERY_SECONDS) < _EVERY_SECONDS:
        return
    _last[kind] = passed
    name = f"{socket.gethostname()}:{os.getpid()}"
    if not settings.REDIS_URL:
        with _lock:
            _own.setdefault(kind, {})[name] = time.time()
        return

    def write(redis: Redis) -> None:
        now = _now(redis)
        with redis.pipeline(transaction=False) as pipe:
            pipe.hset(_key(kind), name, str(now))
            pipe.expire(_key(kind), _KEPT_SECONDS)
            pipe.execute()

    try:
        ask(write)
    except RedisAway:
        return


def alive(kind: ProcessKind) -> dict[str, float]:
    """Names of the living, with the seconds since each was heard; raises `RedisAway`."""
    if not settings.REDIS_URL:
        now = time.time()
        with _lock:
            silent = {name: now - at for name, at in _own.get(kind, {}).items()}
    else:
        silent = ask(lambda redis: _read(redis, kind))
    return {name: seconds for name, seconds in silent.items() if seconds < SILENT_SECONDS}


def is_alive(kind: ProcessKind) -> bool:
    """Whether any process of that kind is; raises `RedisAway` when that cannot be known."""
    return bool(alive(kind))


def forget() -> None:
    """The next beat is written at once."""
    with _lock:
        _last.clear()
        _own.clear()


def _read(redis: Redis, kind: ProcessKind) -> dict[str, float]:
    """For how long each has been silent, in seconds; the long dead are dropped."""
    now = _now(redis)
    told: dict[bytes, bytes] = redis.hgetall(_key(kind))  # type: ignore[assignment]
    silent = {name.decode(): now - float(at) for name, at in told.items()}
    gone = [name for name, seconds in silent.items() if seconds > _KEPT_SECONDS]
    if gone:
        redis.hdel(_key(kind), *gone)
    return silent


def _now(redis: Redis) -> float:
    seconds, microseconds = redis.time()
    return seconds + microseconds / 1_000_000


def _key(kind: ProcessKind) -> str:
    return f"scrm:alive:{kind}"


@heartbeat_sent.connect
def _worker_beats(**_kwargs: Any) -> None:
    beat_once("worker")
