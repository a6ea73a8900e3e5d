"""`/api/wechat/mp-message`: the Official Account's callbacks (contract.md §5, wechat-protocol.md §1.3).

Each is verified, stored once and answered in time. What may be answered at once is worked in the
request itself, a few at a time and a few a second, so that a rush finds the door open; the answer is
then the passive reply, which costs the follower's budget nothing. Everything else waits for a worker,
and what that says is a customer-service message.
"""

import threading
import time

from django.http import HttpRequest, HttpResponse
from django.views import View

from config.pace import Pace
from config.runtime import store as runtime
from wechat.callbacks import dedupe, door, storing, work
from wechat.callbacks.crypto import ForgedCallbackError, MalformedCallbackError
from wechat.callbacks.official import Opened, checked_echo, opened, passive_reply
from wechat.callbacks.storable import storable
from wechat.models import Callback, CallbackSource, CallbackStatus
from wechat.official.events import ANSWERED

PASSIVE = "wechat.passive_reply"
# "Taken, no reply": anything else would show the follower that the account is out of order.
ACCEPTED = "success"

_lock = threading.Lock()
_at_work = 0
_pace = Pace(0, 0)


class OfficialMessageView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            return _plain(checked_echo(request.GET))
        except (ForgedCallbackError, MalformedCallbackError) as error:
            return door.refuse(request, error)

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            call = opened(request.GET, door.body_of(request))
        except (ForgedCallbackError, MalformedCallbackError) as error:
            return door.refuse(request, error)
        reply = _taken(call)
        if not reply:
            return _plain(ACCEPTED)
        body, content_type = passive_reply(call, reply)
        return HttpResponse(body, content_type=content_type)


def _taken(call: Opened) -> str:
    """Stores it, and works it if that can be done now; what to answer."""
    payload = storable(call.payload)
    key = dedupe.official_key(payload, call.plain)
    is_awaited = _is_answered(payload) and _begin()
    try:
        row = storing.store(CallbackSource.OFFICIAL, key, payload, is_queued=not is_awaited)
        if row is None:
            # The platform did not hear us the first time.
            return _said_before(key)
        return _worked(row) if is_awaited else ""
    finally:
        if is_awaited:
            _end()


def _worked(row: Callback) -> str:
    answer_by = time.monotonic() + runtime.get(PASSIVE)["seconds"]
    work.work(row.pk, answer_by=answer_by)
    row.refresh_from_db(fields=["status", "passive_reply"])
    if row.status == CallbackStatus.RECEIVED:
        storing.queue([row.pk])
    return row.passive_reply


def _said_before(key: str) -> str:
    rows = Callback.objects.filter(source=CallbackSource.OFFICIAL, dedupe_key=key)
    return rows.values_list("passive_reply", flat=True).first() or ""


def _is_answered(payload: dict[str, object]) -> bool:
    is_event = payload.get("MsgType") == "event"
    return (str(payload.get("Event") or "") if is_event else "") in ANSWERED


def _begin() -> bool:
    """A place among those that this process works in their requests; False when all are taken."""
    global _at_work
    rule = runtime.get(PASSIVE)
    with _lock:
        if _at_work >= rule["concurrent"] or not _paced(rule["a_second"]).allows():
            return False
        _at_work += 1
        return True


def _paced(a_second: int) -> Pace:
    global _pace
    if _pace.a_second != a_second:
        _pace = Pace(a_second, a_second)
    return _pace


def _end() -> None:
    global _at_work
    with _lock:
        _at_work -= 1


def _plain(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
