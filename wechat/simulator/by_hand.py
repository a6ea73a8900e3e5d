"""Callbacks sent by hand, whole or corrupted: `POST /sandbox/api/callbacks/raw`."""

import json
from dataclasses import replace
from typing import Any

import requests
from django.http import HttpRequest, HttpResponse, JsonResponse

from wechat.simulator import callbacks
from wechat.simulator.answers import InvalidRequest, json_object, sandbox_api

TARGETS = ("aibot", "work-message")
CORRUPTIONS = ("signature", "receiveid", "timestamp", "body")
MAX_TIMES = 10
SHOWN_CHARACTERS = 2000
# July 2017: signed correctly, but older than any replay window.
LONG_AGO = "1500000000"


@sandbox_api("POST")
def raw_callback(request: HttpRequest) -> HttpResponse:
    """`{target, payload, times?, corrupt?}` → `{"answers": [{status, body}]}`; status 0: no answer.

    Each time is encrypted anew, as a retry of the platform may be.
    """
    body = json_object(request)
    target, payload = body.get("target"), body.get("payload")
    if target not in TARGETS:
        raise InvalidRequest("target", f"必须是 {'、'.join(TARGETS)} 之一")
    if not isinstance(payload, (dict, str)):
        raise InvalidRequest("payload", "必须是对象或 XML 文本")
    times = body.get("times", 1)
    if isinstance(times, bool) or not isinstance(times, int) or not 1 <= times <= MAX_TIMES:
        raise InvalidRequest("times", f"必须是 1 到 {MAX_TIMES} 之间的整数")
    corrupt = body.get("corrupt")
    if corrupt is not None and corrupt not in CORRUPTIONS:
        raise InvalidRequest("corrupt", f"必须是 {'、'.join(CORRUPTIONS)} 之一")
    plain = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
    return JsonResponse({"answers": [_answer(target, plain, corrupt) for _ in range(times)]})


def _answer(target: str, plain: str, corrupt: str | None) -> dict[str, Any]:
    try:
        response = callbacks.send(_sealed(target, plain, corrupt))
    except requests.RequestException as error:
        return {"status": 0, "body": type(error).__name__}
    return {"status": response.status_code, "body": response.text[:SHOWN_CHARACTERS]}


def _sealed(target: str, plain: str, corrupt: str | None) -> callbacks.Sealed:
    timestamp = LONG_AGO if corrupt == "timestamp" else ""
    if target == "aibot":
        receive_id = "somebody-else" if corrupt == "receiveid" else ""
        sealed = callbacks.seal_json(plain, timestamp=timestamp, receive_id=receive_id)
    else:
        other = "wwsomebodyelse" if corrupt == "receiveid" else None
        sealed = callbacks.seal_xml(plain, timestamp=timestamp, receive_id=other)
    if corrupt == "signature":
        return replace(sealed, query={**sealed.query, "msg_signature": "0" * 40})
    if corrupt == "body":
        return replace(sealed, body=sealed.body[: len(sealed.body) // 2])
    return sealed
