"""Providers' limits, kept across all workers: at most N in any window, never N in each minute.

A sliding log per key in Redis, by one Lua script on Redis's clock. A token bucket would let two
bursts into one provider window. Without Redis the embedded profile keeps the log in its process.
"""

import threading
import time
import uuid
from collections import defaultdict, deque
from functools import cache as memoize

from django.conf import settings
from django_redis import get_redis_connection
from redis.commands.core import Script
from redis.exceptions import RedisError

from config.logs import get_logger
from messaging.channels.base import Limit

logger = get_logger(__name__)

# A request taken from the log now may reach the provider a little later than the next ones.
MARGIN_SECONDS = 2.0
# While Redis is away, a worker keeps to this share of the limit: several may do so at once.
LOCAL_SHARE = 4

_TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local window = tonumber(ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
if redis.call('ZCARD', KEYS[1]) < tonumber(ARGV[2]) then
  redis.call('ZADD', KEYS[1], now, ARGV[3])
  redis.call('PEXPIRE', KEYS[1], window)
  return 0
end
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return tonumber(oldest[2]) + window - now
"""

_local_lock = threading.Lock()
_local_log: dict[str, deque[float]] = defaultdict(deque)


def take(limit: Limit) -> float:
    """Counts one message; 0.0 when it may go now, else the seconds until there is room."""
    if not settings.REDIS_URL:
        return _take_local(limit, limit.count)
    try:
        wait_ms = _script()(
            keys=[f"scrm:limit:{limit.key}"],
            args=[
                int((limit.window_seconds + MARGIN_SECONDS) * 1000),
                limit.count,
                uuid.uuid4().hex,
            ],
        )
    except (RedisError, OSError):
        logger.warning("limits_without_redis", limit_key=limit.key)
        return _take_local(limit, max(1, limit.count // LOCAL_SHARE))
    return max(0.0, float(wait_ms) / 1000)


def forget_local() -> None:
    """Empties this process's own log; what Redis holds stays."""
    with _local_lock:
        _local_log.clear()


@memoize
def _script() -> Script:
    script: Script = get_redis_connection("default").register_script(_TAKE)
    return script


def _take_local(limit: Limit, count: int) -> float:
    window = limit.window_seconds + MARGIN_SECONDS
    with _local_lock:
        now = time.monotonic()
        log = _local_log[limit.key]
        while log and log[0] <= now - window:
            log.popleft()
        if len(log) < count:
            log.append(now)
            return 0.0
        return log[0] + window - now
