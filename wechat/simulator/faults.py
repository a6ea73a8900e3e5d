"""Misbehaviour on order: `POST /sandbox/api/faults` (contract.md §10)."""

import time
from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse

from wechat.simulator.answers import InvalidRequest, PlatformError, json_object, sandbox_api
from wechat.simulator.models import Fault

MODES = ("ok", "http_500", "timeout", "rate_limited", "errcode")
CHANNELS = ("GROUP_BOT", "WORK_WECHAT", "AI")
MAX_SECONDS = 60


def misbehave(channel: str, deliver: Callable[[], HttpResponse]) -> HttpResponse:
    """The true answer of `deliver`, or what the ordered fault makes of it."""
    fault = _take(channel)
    if fault is None:
        return deliver()
    if fault.mode == "timeout":
        if fault.delivered:
            deliver()
        time.sleep(fault.seconds)
        return HttpResponse(status=504)
    if fault.mode == "http_500":
        return HttpResponse("internal error", status=500)
    if fault.mode == "rate_limited":
        raise PlatformError(45009, "api freq out of limit")
    raise PlatformError(fault.errcode or -1, "ordered fault")


@transaction.atomic
def _take(channel: str) -> Fault | None:
    """Counts one call against the channel's fault."""
    fault = Fault.objects.select_for_update().filter(channel=channel).first()
    if fault is None or fault.remaining is None:
        return fault
    fault.remaining -= 1
    if fault.remaining <= 0:
        Fault.objects.filter(pk=fault.pk).delete()
    else:
        fault.save(update_fields=["remaining"])
    return fault


@sandbox_api("GET", "POST")
def faults(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        _order(json_object(request))
    rows = Fault.objects.order_by("channel").values(
        "channel", "mode", "errcode", "remaining", "seconds", "delivered"
    )
    return JsonResponse({"list": list(rows)})


def _order(body: dict[str, object]) -> None:
    channel, mode = body.get("channel"), body.get("mode")
    if channel not in CHANNELS:
        raise InvalidRequest("channel", f"必须是 {'、'.join(CHANNELS)} 之一")
    if mode not in MODES:
        raise InvalidRequest("mode", f"必须是 {'、'.join(MODES)} 之一")
    Fault.objects.filter(channel=channel).delete()
    if mode == "ok":
        return
    errcode = _integer(body, "errcode", -(10**7), 10**7)
    if mode == "errcode" and errcode is None:
        raise InvalidRequest("errcode", "errcode 模式需要一个整数")
    seconds = _integer(body, "seconds", 0, MAX_SECONDS)
    Fault.objects.create(
        channel=str(channel),
        mode=str(mode),
        errcode=errcode,
        remaining=_integer(body, "count", 1, 10**6),
        seconds=30 if seconds is None else seconds,
        delivered=body.get("delivered", True) is True,
    )


def _integer(body: dict[str, object], name: str, minimum: int, maximum: int) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value <= maximum:
        raise InvalidRequest(name, f"必须是 {minimum} 到 {maximum} 之间的整数")
    return value
