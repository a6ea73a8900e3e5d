"""Limits at the door: requests a second and at once, per caller and endpoint, over all web processes.

One Redis call a request: a sliding window of a second, and how many requests each process has in
hand. Without Redis each process keeps to a local share; nothing is half done over the limit.
"""

import math
import os
import socket
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from functools import cache as memoize
from typing import Any

from django.conf import settings
from django.http import HttpResponseBase
from redis import Redis
from redis.commands.core import Script
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.views import APIView

from config.api.auth import principal_name
from config.redis_link import RedisAway, ask
from config.runtime import store

RETRY_AFTER_SECONDS = 1
# While Redis is away each process allows this part: several may do so at once.
LOCAL_SHARE = 4
# What a process said of itself is believed for so long; it may have been killed.
FRESH_MS = 5000

_TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local second = math.floor(now / 1000)
local before = tonumber(redis.call('GET', KEYS[1] .. (second - 1)) or 0)
local current = tonumber(redis.call('GET', KEYS[1] .. second) or 0)
local part = (now % 1000) / 1000
local free = math.ceil(tonumber(ARGV[1]) - current - before * (1 - part))
if free <= 0 then return 0 end
local others = 0
local told = redis.call('HGETALL', KEYS[2])
for i = 1, #told, 2 do
  local at, count = string.match(told[i + 1], '(%d+):(%d+)')
  if told[i] ~= ARGV[3] and now - tonumber(at) < tonumber(ARGV[5]) then
    others = others + tonumber(count)
  end
end
local granted = math.min(tonumber(ARGV[6]), free, tonumber(ARGV[2]) - others - tonumber(ARGV[4]))
if granted <= 0 then return 0 end
redis.call('INCRBY', KEYS[1] .. second, granted)
redis.call('PEXPIRE', KEYS[1] .. second, 3000)
redis.call('HSET', KEYS[2], ARGV[3], now .. ':' .. (tonumber(ARGV[4]) + granted))
redis.call('PEXPIRE', KEYS[2], 60000)
return granted
"""


@dataclass(frozen=True, slots=True)
class _Name:
    """Whose requests to what."""

    endpoint: str
    principal: str


_lock = threading.Lock()
_in_hand: dict[_Name, int] = defaultdict(int)
_own_seconds: dict[_Name, tuple[int, int, int]] = {}


class RateLimited(APIView):
    """A view whose callers are limited by the runtime setting `rate_limit.<rate_limit_name>`."""

    rate_limit_name = ""
    _held: _Name | None = None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        finally:
            if self._held is not None:
                _release(self._held)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        name = _Name(self.rate_limit_name, principal_name(request))
        if not _take(name, 1):
            raise Throttled(RETRY_AFTER_SECONDS, "调用过于频繁，请稍后再试")
        self._held = name


def forget() -> None:
    """Empties this process's own counts; for tests."""
    with _lock:
        _in_hand.clear()
        _own_seconds.clear()


def take(endpoint: str, principal: str, wanted: int) -> int:
    """How many of `wanted` requests may be worked now, for a caller that works them at once."""
    name = _Name(endpoint, principal)
    granted = _take(name, wanted)
    _release(name, granted)
    return granted


def _take(name: _Name, wanted: int) -> int:
    """How many of `wanted` requests may be worked now; those are counted as in hand."""
    rule = store.get(f"rate_limit.{name.endpoint}")
    with _lock:
        in_hand = _in_hand[name]
        _in_hand[name] += wanted
    granted = min(wanted, _granted(name, rule["qps"], rule["concurrent"], in_hand, wanted))
    _release(name, wanted - granted)
    return granted


def _release(name: _Name, count: int = 1) -> None:
    with _lock:
        _in_hand[name] -= count
        if _in_hand[name] <= 0:
            del _in_hand[name]


def _granted(name: _Name, qps: int, concurrent: int, in_hand: int, wanted: int) -> int:
    if not settings.REDIS_URL:
        return _take_here(name, qps, min(wanted, concurrent - in_hand))
    key = f"scrm:door:{name.endpoint}:{name.principal}"
    arguments: list[str | int] = [qps, concurrent, _process(), in_hand, FRESH_MS, wanted]
    try:
        return int(
            ask(lambda redis: _script(redis)(keys=[f"{key}:", f"{key}:at-once"], args=arguments))
        )
    except RedisAway:
        share = max(1, qps // LOCAL_SHARE), max(1, concurrent // LOCAL_SHARE)
        return _take_here(name, share[0], min(wanted, share[1] - in_hand))


def _take_here(name: _Name, qps: int, wanted: int) -> int:
    now = time.monotonic()
    second, part = int(now), now % 1
    with _lock:
        at, current, before = _own_seconds.get(name, (second, 0, 0))
        if at == second - 1:
            current, before = 0, current
        elif at != second:
            current, before = 0, 0
        granted = max(0, min(wanted, math.ceil(qps - current - before * (1 - part))))
        _own_seconds[name] = (second, current + granted, before)
    return granted


@memoize
def _script(redis: Redis) -> Script:
    script: Script = redis.register_script(_TAKE)
    return script


@memoize
def _process() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
