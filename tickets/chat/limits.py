"""How often one person may act in live chat (seed 004): 30 messages a minute, and so on."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from rest_framework.request import Request

from config import counting
from config.api.auth import principal_name
from config.errors import TooOftenError
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
_View = TypeVar("_View", bound=Callable[..., Any])


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
    return counting.take(
        f"chat.{name}", principal, count=int(rate["count"]), seconds=int(rate["seconds"])
    )


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
