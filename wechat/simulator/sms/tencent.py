"""Tencent Cloud SMS 2021-01-11: SendSms, DescribeSmsSignList (wechat-protocol.md §7.1)."""

import json
import re
import uuid
from collections.abc import Callable
from typing import Any

import phonenumbers
from django.http import HttpRequest, HttpResponse, JsonResponse

from wechat.simulator.answers import PlatformError, is_storable
from wechat.simulator.faults import misbehave
from wechat.simulator.sms import keys, signatures, taken

VERSION = "2021-01-11"
MAX_NUMBERS = 200
RATE_CODE = "RequestLimitExceeded"
# Refusals that name one number; all others refuse the call.
_OF_NUMBER = ("FailedOperation.", "LimitExceeded.", "InvalidParameterValue.", "InternalError.")
_TEMPLATE = re.compile(r"\d{1,20}", re.ASCII)


class Refused(Exception):
    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.message = message or code


def answer(request: HttpRequest) -> HttpResponse:
    """Everything that an SDK calls; HTTP 200 whatever happened."""
    try:
        if fault := signatures.tencent_fault(request):
            raise Refused(fault, "The provided credentials could not be validated.")
        action = _ACTIONS.get(request.headers.get("X-TC-Action", ""))
        if action is None:
            raise Refused("InvalidAction")
        if request.headers.get("X-TC-Version") != VERSION:
            raise Refused("NoSuchVersion")
        asked = _asked(request)
        return _misbehaving(action, asked)
    except Refused as refusal:
        return _refusal(refusal)


def _misbehaving(action: Callable[[dict[str, Any]], Any], asked: dict[str, Any]) -> HttpResponse:
    try:
        return misbehave("SMS", lambda: _done(action, asked))
    except PlatformError as fault:
        code = RATE_CODE if fault.errcode == 45009 else str(fault.errcode)
        numbers = asked.get("PhoneNumberSet")
        if not code.startswith(_OF_NUMBER) or not isinstance(numbers, list):
            raise Refused(code, fault.errmsg) from None
        states = [_status(str(number), code, asked) for number in numbers]
        return _response({"SendStatusSet": states})


def _done(action: Callable[[dict[str, Any]], Any], asked: dict[str, Any]) -> HttpResponse:
    try:
        return _response(action(asked))
    except Refused as refusal:
        return _refusal(refusal)


def _send(asked: dict[str, Any]) -> dict[str, Any]:
    numbers = _texts(asked, "PhoneNumberSet")
    if not numbers:
        raise Refused("MissingParameter.EmptyPhoneNumberSet")
    if len(numbers) > MAX_NUMBERS:
        raise Refused("LimitExceeded.PhoneNumberCountLimit")
    if _text(asked, "SmsSdkAppId") != keys.SDK_APP_ID:
        raise Refused("UnauthorizedOperation.SmsSdkAppIdVerifyFail")
    if len({number.startswith("+86") for number in numbers}) > 1:
        raise Refused("UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber")
    template, params = _text(asked, "TemplateId"), _texts(asked, "TemplateParamSet")
    sign, context = str(asked.get("SignName", "")), str(asked.get("SessionContext", ""))
    payload = {
        "provider": "tencent",
        "action": "SendSms",
        "sign": sign,
        "template": template,
        "params": params,
        "out_id": context,
    }
    fault = ""
    if not keys.SIGNS.get(sign):
        fault = "FailedOperation.SignatureIncorrectOrUnapproved"
    elif not _TEMPLATE.fullmatch(template) or template.startswith(keys.UNKNOWN_TEMPLATE):
        fault = "FailedOperation.TemplateIncorrectOrUnapproved"
    states = [_status(number, fault or _fault_of(number), asked) for number in numbers]
    good = [state for state in states if state["Code"] == "Ok"]
    taken.take([taken.Taken(state["PhoneNumber"], payload, state["SerialNo"]) for state in good])
    taken.tell([_delivered(state) for state in good], good={"result": 0})
    return {"SendStatusSet": states}


def _fault_of(number: str) -> str:
    digits = number.removeprefix("+")
    is_domestic = digits.startswith("86") and keys.is_domestic(digits[2:])
    if not number.startswith("+") or not (is_domestic or keys.is_foreign(digits)):
        return "InvalidParameterValue.IncorrectPhoneNumber"
    return "FailedOperation.PhoneNumberInBlacklist" if digits[2:] == keys.REFUSED else ""


def _status(number: str, fault: str, asked: dict[str, Any]) -> dict[str, Any]:
    return {
        "SerialNo": "" if fault else f"5000:{taken.digits(28)}",
        "PhoneNumber": number,
        "Fee": 0 if fault else 1,
        "SessionContext": str(asked.get("SessionContext", "")),
        "Code": fault or "Ok",
        "Message": fault or "send success",
        "IsoCode": "CN" if number.startswith("+86") else "",
    }


def _delivered(state: dict[str, Any]) -> dict[str, Any]:
    """https://cloud.tencent.com/document/product/382/59178"""
    number = state["PhoneNumber"]
    nation = str(phonenumbers.parse(number).country_code)
    mobile = number[1 + len(nation) :]
    reached = mobile != keys.UNREACHABLE
    return {
        "user_receive_time": taken.now(),
        "nationcode": nation,
        "mobile": mobile,
        "report_status": "SUCCESS" if reached else "FAIL",
        "errmsg": "DELIVRD" if reached else "MK:0001",
        "description": "用户短信送达成功" if reached else "号码停机",
        "sid": state["SerialNo"],
    }


def _signs(asked: dict[str, Any]) -> dict[str, Any]:
    if asked.get("International") not in (0, 1):
        raise Refused("InvalidParameterValue.InvalidInternational")
    return {
        "DescribeSignListStatusSet": [
            {
                "SignId": number,
                "International": 0,
                "StatusCode": 0 if is_approved else 1,
                "ReviewReply": "",
                "SignName": name,
                "CreateTime": 1_767_225_600,
                "QualificationId": 1,
                "QualificationName": "沙箱公司",
                "QualificationStatusCode": 1,
            }
            for number, (name, is_approved) in enumerate(keys.SIGNS.items(), start=1)
        ]
    }


_ACTIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "SendSms": _send,
    "DescribeSmsSignList": _signs,
}


def _asked(request: HttpRequest) -> dict[str, Any]:
    try:
        asked = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Refused("InvalidParameter") from None
    if not isinstance(asked, dict) or not is_storable(asked):
        raise Refused("InvalidParameter")
    return asked


def _text(asked: dict[str, Any], name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str) or not value:
        raise Refused("MissingParameter", f"The request is missing a required parameter `{name}`.")
    return value


def _texts(asked: dict[str, Any], name: str) -> list[str]:
    value = asked.get(name) or []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Refused("InvalidParameter", f"`{name}` must be a list of strings.")
    return value


def _response(fields: dict[str, Any]) -> JsonResponse:
    return JsonResponse({"Response": {**fields, "RequestId": str(uuid.uuid4())}})


def _refusal(refused: Refused) -> JsonResponse:
    return _response({"Error": {"Code": refused.code, "Message": refused.message}})
