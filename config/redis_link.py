"""Redis for what must be shared and may be lost: limits, traces, counters (guarantees.md 10)."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django_redis import get_redis_connection
from redis import Redis
from redis.exceptions import RedisError

from config.logs import get_logger

logger = get_logger(__name__)

# After a failure nobody waits for Redis again for so long: a dead one must not slow every message.
REST_SECONDS = 1.0

_rests_until = 0.0
_T = TypeVar("_T")


class RedisAway(Exception):
    """No Redis is configured, or it did not answer just now."""


def ask(question: Callable[[Redis], _T]) -> _T:
    """What `question` gets out of Redis; raises `RedisAway`."""
    global _rests_until
    if not settings.REDIS_URL or time.monotonic() < _rests_until:
        raise RedisAway
    try:
        return question(get_redis_connection("default"))
    except (RedisError, OSError) as error:
        _rests_until = time.monotonic() + REST_SECONDS
        logger.warning("redis_away", error=type(error).__name__)
        raise RedisAway from error


def forget_failure() -> None:
    """The next question is asked at once."""
    global _rests_until
    _rests_until = 0.0
