"""Limits kept across all workers: at most N in any window, never N in each minute.

A sliding log per key in Redis, asked about a whole wave in one Lua call, on Redis's clock. A token
bucket would let two bursts into one provider window. Without Redis the embedded profile keeps the
log in its process; a services process whose Redis is away keeps to a safe share.
"""

import json
import threading
import time
import uuid
from collections import defaultdict, deque
from collections.abc import Sequence
from functools import cache as memoize

from django.conf import settings
from redis import Redis
from redis.commands.core import Script

from config.redis_link import RedisAway, ask
from messaging.channels.base import Limit

# A request taken from the log now may reach the provider a little later than the next ones.
MARGIN_SECONDS = 2.0
# While Redis is away, a worker keeps to this share of the limit: several may do so at once.
LOCAL_SHARE = 4

# ARGV: a name for this call, and as JSON for each message its limits `[key, window in ms, count]`:
# one argument is a third of the work of four hundred. A message counts towards all or none.
_TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local waits = {}
for number, limits in ipairs(cjson.decode(ARGV[2])) do
  local wait = 0
  for _, limit in ipairs(limits) do
    local key, window = limit[1], limit[2]
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
    if redis.call('ZCARD', key) >= limit[3] then
      local oldest = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
      wait = math.max(wait, tonumber(oldest[2]) + window - now, 1)
    end
  end
  if wait == 0 then
    for _, limit in ipairs(limits) do
      redis.call('ZADD', limit[1], now, ARGV[1] .. number)
      redis.call('PEXPIRE', limit[1], limit[2])
    end
  end
  waits[number] = wait
end
return waits
"""

_local_lock = threading.Lock()
_local_log: dict[str, deque[float]] = defaultdict(deque)


def take(limits: Sequence[Sequence[Limit]]) -> list[float]:
    """For each message 0.0 when it may go now and was counted, else the seconds until there is room."""
    if not any(limits):
        return [0.0] * len(limits)
    if not settings.REDIS_URL:
        return [_take_local(of_one, 1) for of_one in limits]
    asked = json.dumps(
        [
            [
                [
                    f"scrm:limit:{limit.key}",
                    int((limit.window_seconds + MARGIN_SECONDS) * 1000),
                    limit.count,
                ]
                for limit in of_one
            ]
            for of_one in limits
        ]
    )
    try:
        waits = ask(lambda redis: _script(redis)(args=[uuid.uuid4().hex + ":", asked]))
    except RedisAway:
        return [_take_local(of_one, LOCAL_SHARE) for of_one in limits]
    return [float(wait) / 1000 for wait in waits]


def forget_local() -> None:
    """Empties this process's own log; what Redis holds stays."""
    with _local_lock:
        _local_log.clear()


@memoize
def _script(redis: Redis) -> Script:
    script: Script = redis.register_script(_TAKE)
    return script


def _take_local(limits: Sequence[Limit], share: int) -> float:
    with _local_lock:
        now = time.monotonic()
        wait = 0.0
        for limit in limits:
            log, window = _local_log[limit.key], limit.window_seconds + MARGIN_SECONDS
            while log and log[0] <= now - window:
                log.popleft()
            if len(log) >= max(1, limit.count // share):
                wait = max(wait, log[0] + window - now)
        if wait == 0.0:
            for limit in limits:
                _local_log[limit.key].append(now)
        return wait
