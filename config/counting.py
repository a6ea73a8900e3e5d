"""How often somebody did something within a window of time, over all processes.

django-ratelimit counts in the shared cache, one atomic increment an act. It lets everything through
when the cache does not answer (`RATELIMIT_FAIL_OPEN`), so without Redis, or while it is away, each
process counts for itself.
"""

import threading
import time

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import get_usage
from redis import Redis
from redis.exceptions import RedisError

from config.redis_link import RedisAway, ask

# Names that this process remembers at most: past windows go first, then the oldest.
REMEMBERED = 20_000

_lock = threading.Lock()
# Whose act: when the window ends, and how many there were in it.
_counted: dict[str, tuple[float, int]] = {}


def take(act: str, who: str, *, count: int, seconds: int) -> int:
    """0 when `who` may do `act` now, and it was counted; else the seconds until they may."""
    if settings.REDIS_URL:
        try:
            return ask(lambda redis: _take_shared(redis, act, who, count, seconds))
        except RedisAway:
            pass
    return _take_here(f"{act}:{count}/{seconds}:{who}", count, seconds)


def forget() -> None:
    """Empties this process's own counts; for tests."""
    with _lock:
        _counted.clear()


def _take_shared(redis: Redis, act: str, who: str, count: int, seconds: int) -> int:
    # The cache would swallow that nobody is there, with a long traceback for each act.
    redis.ping()
    usage = get_usage(
        HttpRequest(),
        group=act,
        key=lambda group, request: who,
        rate=(count, seconds),
        increment=True,
    )
    if usage is None:
        # Swallowed after all: said here, nobody waits for Redis again for a moment.
        raise RedisError("not counted")
    return max(1, usage["time_left"]) if usage["should_limit"] else 0


def _take_here(key: str, count: int, seconds: int) -> int:
    now = time.monotonic()
    with _lock:
        ends_at, taken = _counted.get(key, (0.0, 0))
        if ends_at <= now:
            _make_room(now)
            ends_at, taken = now + seconds, 0
        if taken >= count:
            return max(1, int(ends_at - now) + 1)
        _counted[key] = (ends_at, taken + 1)
        return 0


def _make_room(now: float) -> None:
    if len(_counted) < REMEMBERED:
        return
    for key in [key for key, (ends_at, _) in _counted.items() if ends_at <= now]:
        del _counted[key]
    while len(_counted) >= REMEMBERED:
        del _counted[next(iter(_counted))]
