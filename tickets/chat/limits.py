"""How often one person may act in live chat (seed 004): 30 messages a minute, and so on.

django-ratelimit counts in the shared cache, one atomic increment an act. It lets everything through
when the cache does not answer (`RATELIMIT_FAIL_OPEN`), so without Redis, or while it is away, each
process counts for itself.
"""

import threading
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import get_usage
from redis import Redis
from redis.exceptions import RedisError
from rest_framework.request import Request

from config.api.auth import principal_name
from config.errors import TooOftenError
from config.redis_link import RedisAway, ask
from config.runtime import store
from config.runtime.schema import integer
from config.runtime.schema import register as register_setting
from customers.actors import Actor

SETTING = "chat.rate_limits"
MINUTE, HOUR = 60, 3600
DEFAULTS = {
    "send_message": {"count": 30, "seconds": MINUTE},
    "end_chat": {"count": 10, "seconds": MINUTE},
    "rate_service": {"count": 5, "seconds": MINUTE},
    "request_chat": {"count": 10, "seconds": MINUTE},
    "send_file": {"count": 10, "seconds": MINUTE},
    # Of an address: an office shares one.
    "new_visitor": {"count": 30, "seconds": HOUR},
}
ACTS = {
    "send_message": "发消息",
    "end_chat": "结束会话",
    "rate_service": "评价",
    "request_chat": "请求接入",
    "send_file": "发文件",
    "new_visitor": "新访客",
}
# Names that this process remembers at most: past windows go first, then the oldest.
REMEMBERED = 20_000

_View = TypeVar("_View", bound=Callable[..., Any])
_lock = threading.Lock()
# Whose act: when the window ends, and how many there were in it.
_counted: dict[str, tuple[float, int]] = {}


def register() -> None:
    rate = {
        "type": "object",
        "properties": {"count": integer(1, 100_000), "seconds": integer(1, 24 * HOUR)},
        "required": ["count", "seconds"],
        "additionalProperties": False,
    }
    register_setting(
        SETTING,
        DEFAULTS,
        {
            "type": "object",
            "properties": dict.fromkeys(DEFAULTS, rate),
            "required": list(DEFAULTS),
            "additionalProperties": False,
        },
        "在线会话限流：每人（new_visitor 按网络地址）在 seconds 秒内最多 count 次",
        titles=_titles(),
    )


def _titles() -> dict[str, str]:
    titles = dict(ACTS)
    for act in ACTS:
        titles |= {f"{act}.count": "次数", f"{act}.seconds": "秒数"}
    return titles


def take(name: str, principal: str) -> int:
    """0 when `principal` may do `name` now, and it was counted; else the seconds until they may."""
    rate = store.get(SETTING)[name]
    count, seconds = int(rate["count"]), int(rate["seconds"])
    if settings.REDIS_URL:
        try:
            return ask(lambda redis: _take_shared(redis, name, principal, count, seconds))
        except RedisAway:
            pass
    return _take_here(f"{name}:{count}/{seconds}:{principal}", count, seconds)


def check(name: str, principal: str) -> None:
    """Raises `TooOftenError` (HTTP 429)."""
    wait = take(name, principal)
    if wait:
        raise TooOftenError(refusal(wait), wait)


def refusal(wait_seconds: int) -> str:
    """What a page says to whoever has to wait."""
    minutes = -(-wait_seconds // 60)
    later = f" {wait_seconds} 秒后" if wait_seconds <= 120 else f" {minutes} 分钟后"
    return f"操作过于频繁，请{later}再试"


def limited(name: str) -> Callable[[_View], _View]:
    """Of a DRF view's method: each caller (login, visitor, API key) may call it so often."""

    def decorate(method: _View) -> _View:
        @wraps(method)
        def counted(view: Any, request: Request, *args: Any, **kwargs: Any) -> Any:
            check(name, principal_name(request))
            return method(view, request, *args, **kwargs)

        return cast("_View", counted)

    return decorate


def principal_of(actor: Actor) -> str:
    """The same name as at the API: one person has one count, by socket and by call."""
    if actor.user is not None:
        return f"user:{actor.user.pk}"
    return f"user:visitor-{actor.customer_id}"


def forget() -> None:
    """Empties this process's own counts; for tests."""
    with _lock:
        _counted.clear()


def _take_shared(redis: Redis, name: str, principal: str, count: int, seconds: int) -> int:
    # The cache would swallow that nobody is there, with a long traceback for each act.
    redis.ping()
    usage = get_usage(
        HttpRequest(),
        group=f"chat.{name}",
        key=lambda group, request: principal,
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
