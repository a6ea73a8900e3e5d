"""Aliyun dysmsapi 2017-05-25: SendSms, SendBatchSms, QuerySmsSign (wechat-protocol.md §7.1)."""

import json
import re
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict

from wechat.simulator.answers import PlatformError, is_storable
from wechat.simulator.faults import misbehave
from wechat.simulator.sms import keys, signatures, taken

VERSION = "2017-05-25"
MAX_NUMBERS, MAX_BATCH = 1000, 100
RATE_CODE = "isv.BUSINESS_LIMIT_CONTROL"
_TEMPLATE = re.compile(r"SMS_\d{1,20}", re.ASCII)
_STATUS = {"ServiceUnavailable": 503, "InternalError": 500, "InvalidAccessKeyId.NotFound": 404}


class Refused(Exception):
    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.message = message or code


def answer(request: HttpRequest) -> HttpResponse:
    """Everything that an SDK calls."""
    try:
        if fault := signatures.aliyun_fault(request):
            raise Refused(fault, "Specified signature is not matched with our calculation.")
        action = _ACTIONS.get(request.headers.get("x-acs-action", ""))
        if action is None or request.headers.get("x-acs-version") != VERSION:
            raise Refused("InvalidAction.NotFound")
        form = QueryDict(request.body, encoding="utf-8")
        asked = {**request.GET.dict(), **form.dict()}
        if not is_storable(asked):
            raise Refused("isv.INVALID_PARAMETERS")
        return misbehave("SMS", lambda: _done(action, asked))
    except PlatformError as fault:
        code = RATE_CODE if fault.errcode == 45009 else str(fault.errcode)
        return _refusal(Refused(code, fault.errmsg))
    except Refused as refusal:
        return _refusal(refusal)


def _done(action: Callable[[dict[str, Any]], dict[str, Any]], asked: dict[str, Any]) -> Any:
    try:
        return _ok(**action(asked))
    except Refused as refusal:
        return _refusal(refusal)


def _send(asked: dict[str, Any]) -> dict[str, Any]:
    numbers = _given(asked, "PhoneNumbers").split(",")
    if len(numbers) > MAX_NUMBERS:
        raise Refused("isv.MOBILE_COUNT_OVER_LIMIT")
    sign, template = _given(asked, "SignName"), _given(asked, "TemplateCode")
    params = _object(asked.get("TemplateParam") or "{}")
    return _take(
        "SendSms",
        [(number, sign, params) for number in numbers],
        template,
        str(asked.get("OutId", "")),
    )


def _send_batch(asked: dict[str, Any]) -> dict[str, Any]:
    numbers = _list(_given(asked, "PhoneNumberJson"))
    signs = _list(_given(asked, "SignNameJson"))
    params = _list(asked.get("TemplateParamJson") or json.dumps([{}] * len(numbers)))
    if len(numbers) > MAX_BATCH:
        raise Refused("isv.MOBILE_COUNT_OVER_LIMIT")
    if not len(numbers) == len(signs) == len(params):
        raise Refused("isv.INVALID_PARAMETERS")
    rows = list(zip(numbers, signs, map(_checked_object, params), strict=True))
    return _take("SendBatchSms", rows, _given(asked, "TemplateCode"), str(asked.get("OutId", "")))


def _take(
    action: str, rows: Sequence[tuple[Any, Any, dict[str, Any]]], template: str, out_id: str
) -> dict[str, Any]:
    """All or none: one wrong number refuses the call."""
    if not _TEMPLATE.fullmatch(template) or template[4:].startswith(keys.UNKNOWN_TEMPLATE):
        raise Refused("isv.SMS_TEMPLATE_ILLEGAL")
    for number, sign, _ in rows:
        if not isinstance(sign, str) or not keys.SIGNS.get(sign):
            raise Refused("isv.SMS_SIGNATURE_ILLEGAL")
        if not isinstance(number, str) or number == keys.REFUSED or not _is_number(number):
            raise Refused("isv.MOBILE_NUMBER_ILLEGAL")
    biz_id = f"{taken.digits(18)}^0"
    shared = {"provider": "aliyun", "action": action, "template": template, "out_id": out_id}
    taken.take(
        [
            taken.Taken(number, {**shared, "sign": sign, "params": params}, biz_id)
            for number, sign, params in rows
        ]
    )
    taken.tell([_state(number, biz_id, out_id) for number, _, _ in rows], good={"code": 0})
    return {"BizId": biz_id}


def _state(number: str, biz_id: str, out_id: str) -> dict[str, Any]:
    """https://help.aliyun.com/document_detail/120998.html"""
    reached = number != keys.UNREACHABLE
    return {
        "phone_number": number,
        "send_time": taken.now(),
        "report_time": taken.now(),
        "success": reached,
        "err_code": "DELIVERED" if reached else "MOBILE_NOT_ON_SERVICE",
        "err_msg": "用户接收成功" if reached else "手机停机",
        "sms_size": "1",
        "biz_id": biz_id,
        "out_id": out_id,
    }


def _query_sign(asked: dict[str, Any]) -> dict[str, Any]:
    sign = _given(asked, "SignName")
    if sign not in keys.SIGNS:
        raise Refused("isv.SMS_SIGNATURE_ILLEGAL")
    return {
        "SignName": sign,
        "SignStatus": 1 if keys.SIGNS[sign] else 0,
        "CreateDate": "2026-01-01 00:00:00",
        "Reason": "",
    }


_ACTIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "SendSms": _send,
    "SendBatchSms": _send_batch,
    "QuerySmsSign": _query_sign,
}


def _is_number(number: str) -> bool:
    """With no prefix or China's it is domestic; foreign ones begin with their country code."""
    for prefix in ("+86", "0086", "86", ""):
        if number.startswith(prefix) and keys.is_domestic(number.removeprefix(prefix)):
            return True
    return keys.is_foreign(number)


def _given(asked: dict[str, Any], name: str) -> str:
    value = str(asked.get(name, ""))
    if not value:
        raise Refused(f"Missing{name}", f"{name} is mandatory for this action.")
    return value


def _parsed(text: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("isv.INVALID_JSON_PARAM") from None
    if not is_storable(value):
        raise Refused("isv.INVALID_JSON_PARAM")
    return value


def _object(text: str) -> dict[str, Any]:
    return _checked_object(_parsed(text))


def _checked_object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Refused("isv.INVALID_JSON_PARAM")
    return value


def _list(text: str) -> list[Any]:
    value = _parsed(text)
    if not isinstance(value, list) or not value:
        raise Refused("isv.INVALID_JSON_PARAM")
    return value


def _ok(**fields: Any) -> JsonResponse:
    return JsonResponse({"Code": "OK", "Message": "OK", "RequestId": _request_id(), **fields})


def _refusal(refused: Refused) -> JsonResponse:
    """Business refusals are a 200; those of the gateway have an HTTP status of their own."""
    body = {"Code": refused.code, "Message": refused.message, "RequestId": _request_id()}
    is_business = refused.code.startswith(("isv.", "isp."))
    return JsonResponse(body, status=200 if is_business else _STATUS.get(refused.code, 400))


def _request_id() -> str:
    return str(uuid.uuid4()).upper()
