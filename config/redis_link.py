"""Redis for what must be shared and may be lost: limits, traces, counters, the cache (guarantees.md 10)."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.conf import settings
from django_redis import get_redis_connection
from redis import Redis
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as NoAnswer

from config.logs import get_logger

logger = get_logger(__name__)

# After a failure nobody waits for Redis again for so long: a dead one must not slow every message.
# One that goes on being silent costs its time-out each time, so the rests grow.
REST_SECONDS, LONGEST_REST_SECONDS = 1.0, 5.0

_rests_until = 0.0
_rest = REST_SECONDS
_asks_anyway: ContextVar[bool] = ContextVar("asks_anyway", default=False)
_T = TypeVar("_T")


class RedisAway(Exception):
    """No Redis is configured, or it did not answer just now."""


class RestingRedis(Redis):
    """The client of the cache and of `ask`: while Redis rests, refuses at once instead of waiting anew."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        if _is_resting():
            raise NoConnection("resting after a failure")
        try:
            answer = super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
        except (NoConnection, NoAnswer, OSError):
            _let_rest()
            raise
        forget_failure()
        return answer


def ask(question: Callable[[Redis], _T]) -> _T:
    """What `question` gets out of Redis; raises `RedisAway`."""
    if not settings.REDIS_URL or _is_resting():
        raise RedisAway
    try:
        answer = question(get_redis_connection("default"))
    except (RedisError, OSError) as error:
        if time.monotonic() >= _rests_until:
            _let_rest()
        logger.warning("redis_away", error=type(error).__name__)
        raise RedisAway from error
    forget_failure()
    return answer


@contextmanager
def without_rests() -> Iterator[None]:
    """Inside, Redis is asked even when it failed a moment ago: for whoever wants to know just that."""
    before = _asks_anyway.set(True)
    try:
        yield
    finally:
        _asks_anyway.reset(before)


def forget_failure() -> None:
    """The next question is asked at once, and the next rest is a short one."""
    global _rests_until, _rest
    _rests_until, _rest = 0.0, REST_SECONDS


def _is_resting() -> bool:
    return time.monotonic() < _rests_until and not _asks_anyway.get()


def _let_rest() -> None:
    global _rests_until, _rest
    _rests_until = time.monotonic() + _rest
    _rest = min(2 * _rest, LONGEST_REST_SECONDS)
