"""JPush's REST API v3: `push` and `push/validate` (https://docs.jiguang.cn)."""

import json
import secrets
from base64 import b64decode
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse

from wechat.simulator.answers import PlatformError, is_storable, sandbox_api
from wechat.simulator.faults import misbehave
from wechat.simulator.models import Delivery

APP_KEY, MASTER_SECRET = "sandbox-app-key", "sandbox-master-secret"
# No device has this registration id or alias.
NOBODY = "nobody"
MOST_TARGETS, PLATFORM_BYTES, CID_LENGTH = 1000, 4000, 64
RATE_LIMIT_ERRCODE = 45009
RESET_SECONDS = 30
_STATUS = {1000: 500, 1001: 405, 1004: 401, 1030: 503, 2002: 429, 2003: 403, 2004: 403}


class Refusal(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@sandbox_api("GET", "POST")
def push(request: HttpRequest) -> HttpResponse:
    return _answered(request, deliver=True)


@sandbox_api("GET", "POST")
def validate(request: HttpRequest) -> HttpResponse:
    return _answered(request, deliver=False)


def _answered(request: HttpRequest, *, deliver: bool) -> HttpResponse:
    try:
        _require_login(request)
        if request.method != "POST":
            raise Refusal(1001, "only POST is supported")
        return misbehave("APP", lambda: _push(_body(request), deliver=deliver))
    except Refusal as refusal:
        return _refused(refusal)
    except PlatformError as ordered:
        limited = ordered.errcode == RATE_LIMIT_ERRCODE
        return _refused(Refusal(2002 if limited else int(ordered.errcode), "ordered fault"))


def _refused(refusal: Refusal) -> HttpResponse:
    answer = JsonResponse(
        {"error": {"code": refusal.code, "message": refusal.message}},
        status=_STATUS.get(refusal.code, 400),
    )
    if answer.status_code == 429:
        answer.headers["X-Rate-Limit-Limit"] = "600"
        answer.headers["X-Rate-Limit-Remaining"] = "0"
        answer.headers["X-Rate-Limit-Reset"] = str(RESET_SECONDS)
    return answer


def _require_login(request: HttpRequest) -> None:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    try:
        login = b64decode(given).decode()
    except ValueError:
        login = ""
    if scheme.lower() != "basic" or login != f"{APP_KEY}:{MASTER_SECRET}":
        raise Refusal(1004, "basic authentication failed")


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Refusal(1003, "request body is not JSON") from None
    if not isinstance(body, dict) or not is_storable(body):
        raise Refusal(1003, "request body is not an object")
    return body


def _push(body: dict[str, Any], *, deliver: bool) -> HttpResponse:
    for name in ("platform", "audience"):
        if name not in body:
            raise Refusal(1002, f"{name} is missing")
    if not isinstance(body.get("notification"), dict):
        raise Refusal(1002, "notification is missing")
    for part in body["notification"].values():
        if len(json.dumps(part, ensure_ascii=False).encode()) > PLATFORM_BYTES:
            raise Refusal(1005, "message is too long")
    cid = body.get("cid", "")
    if not isinstance(cid, str) or len(cid) > CID_LENGTH:
        raise Refusal(1003, "cid is invalid")
    targets = _targets(body["audience"])
    if not deliver:
        return _taken(_number())
    with transaction.atomic():
        known = Delivery.objects.filter(channel="APP", digest=cid).first() if cid else None
        if known is not None:
            return _taken(known.msgid)
        number = _number()
        Delivery.objects.bulk_create(
            Delivery(channel="APP", to=to[:128], payload=body, msgid=number, digest=cid)
            for to in targets
        )
    return _taken(number)


def _targets(audience: Any) -> list[str]:
    if audience == "all":
        return ["all"]
    if not isinstance(audience, dict) or not audience:
        raise Refusal(1003, "audience is invalid")
    found: list[str] = []
    for kind, prefix in (("registration_id", "jpush"), ("alias", "alias")):
        values = audience.get(kind, [])
        if not isinstance(values, list) or len(values) > MOST_TARGETS:
            raise Refusal(1003, f"audience.{kind} is invalid")
        found += [f"{prefix}:{value}" for value in values if value != NOBODY]
    if not found:
        raise Refusal(1011, "cannot find user by this audience")
    return found


def _number() -> str:
    return str(10**17 + secrets.randbelow(10**17))


def _taken(msg_id: str) -> HttpResponse:
    return JsonResponse({"sendno": "0", "msg_id": msg_id})
