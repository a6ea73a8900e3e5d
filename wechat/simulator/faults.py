"""Misbehaviour on order: `POST /sandbox/api/faults` (contract.md §10)."""

import re
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse

from wechat.simulator.answers import InvalidRequest, PlatformError, json_object, sandbox_api
from wechat.simulator.models import Fault

MODES = ("ok", "http_500", "timeout", "rate_limited", "errcode")
# What happens to our calls of the company: sent twice, after `seconds`, or lost on the way. One that
# is late while the next is not makes them arrive out of order.
CALLBACK = "CALLBACK"
CALLBACK_MODES = ("ok", "double", "late", "lost")
CHANNELS = (
    "GROUP_BOT",
    "WORK_WECHAT",
    "WECHAT",
    "SMS",
    "EMAIL",
    "APP",
    "FEISHU",
    "AI",
    "KF",
    # The calls of 客户联系: no channels of messages, but they fail as well.
    "CONTACT",
    "WELCOME",
    CALLBACK,
)
DEFAULT_SECONDS = 30
MAX_SECONDS = 60
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,79}")


def misbehave(channel: str, deliver: Callable[[], HttpResponse]) -> HttpResponse:
    """The true answer of `deliver`, or what the ordered fault makes of it."""
    fault = take(channel)
    if fault is None:
        return deliver()
    if fault.mode == "timeout":
        return _late(fault, deliver)
    if fault.mode == "http_500":
        return HttpResponse("internal error", status=500)
    if fault.mode == "rate_limited":
        raise PlatformError(45009, "api freq out of limit")
    raise PlatformError(fault.code or fault.errcode or -1, "ordered fault")


def _late(fault: Fault, deliver: Callable[[], HttpResponse]) -> HttpResponse:
    """Taken, or not, and no word about it: a gateway's 504 once `seconds` are over."""
    if fault.delivered:
        with suppress(PlatformError):
            deliver()
    time.sleep(fault.seconds)
    return HttpResponse(status=504)


def take(channel: str) -> Fault | None:
    """The channel's fault, with one call counted against it."""
    fault = Fault.objects.filter(channel=channel).first()
    if fault is None or fault.remaining is None:
        return fault
    left = Fault.objects.filter(pk=fault.pk, remaining__gt=0)
    # Calls at the same time share what remains: who finds nothing left behaves well.
    if not left.update(remaining=F("remaining") - 1):
        return None
    Fault.objects.filter(pk=fault.pk, remaining=0).delete()
    return fault


@sandbox_api("GET", "POST")
def faults(request: HttpRequest) -> HttpResponse:
    """Orders a fault, or `ok` again; answers with all that stand."""
    if request.method == "POST":
        _order(json_object(request))
    return JsonResponse({"list": [_shown(row) for row in Fault.objects.order_by("channel")]})


def _shown(row: Fault) -> dict[str, Any]:
    return {
        "channel": row.channel,
        "mode": row.mode,
        "errcode": row.code or row.errcode,
        "remaining": row.remaining,
        "seconds": row.seconds,
        "delivered": row.delivered,
    }


def _order(body: dict[str, object]) -> None:
    channel, mode = body.get("channel"), body.get("mode")
    if channel not in CHANNELS:
        raise InvalidRequest("channel", f"必须是 {'、'.join(CHANNELS)} 之一")
    modes = CALLBACK_MODES if channel == CALLBACK else MODES
    if mode not in modes:
        raise InvalidRequest("mode", f"必须是 {'、'.join(modes)} 之一")
    code = _code(body) if channel == "SMS" else ""
    errcode = None if code else _integer(body, "errcode", -(10**7), 10**7)
    if mode == "errcode" and not (errcode or code):
        raise InvalidRequest("errcode", "errcode 模式需要一个非零整数")
    fields = {
        "mode": mode,
        "errcode": errcode,
        "code": code,
        "remaining": _integer(body, "count", 1, 10**6),
        "seconds": _seconds(body),
        "delivered": _delivered(body),
    }
    if mode == "ok":
        Fault.objects.filter(channel=channel).delete()
    else:
        Fault.objects.update_or_create(channel=channel, defaults=fields)


def _code(body: dict[str, object]) -> str:
    """SMS providers' codes are words, such as `isv.AMOUNT_NOT_ENOUGH`."""
    value = body.get("errcode")
    if not isinstance(value, str):
        return ""
    if not _WORD.fullmatch(value):
        raise InvalidRequest("errcode", "必须是 80 字以内的错误码")
    return value


def _seconds(body: dict[str, object]) -> float:
    value = body.get("seconds", DEFAULT_SECONDS)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidRequest("seconds", "必须是数字")
    if not 0 <= value <= MAX_SECONDS:
        raise InvalidRequest("seconds", f"必须在 0 到 {MAX_SECONDS} 之间")
    return float(value)


def _delivered(body: dict[str, object]) -> bool:
    value = body.get("delivered", True)
    if not isinstance(value, bool):
        raise InvalidRequest("delivered", "必须是 true 或 false")
    return value


def _integer(body: dict[str, object], name: str, minimum: int, maximum: int) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value <= maximum:
        raise InvalidRequest(name, f"必须是 {minimum} 到 {maximum} 之间的整数")
    return value
