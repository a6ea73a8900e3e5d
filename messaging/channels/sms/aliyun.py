"""Aliyun dysmsapi 2017-05-25 by its SDK (wechat-protocol.md §7.1).

The SDK takes half a second and 50 MB to import, so only who sends by it does.
"""

import json
import logging
from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from typing import Any

from messaging.channels.base import Outcome, Receipt, ReceiptStatus, Result, Verification
from messaging.channels.sms import errors, provider, pushed
from messaging.channels.sms.calls import network_failure
from messaging.channels.sms.provider import Access, Provider, Sms

SIGN_APPROVED = 1

# The query of every call, phones and all, is in this logger's debug lines.
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)


class Refused(Exception):
    """The provider's refusal of a whole call, or the call that could not be made."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.code)
        self.result = result


class Aliyun(Provider):
    official_host = "dysmsapi.aliyuncs.com"
    most_together = 100
    params_type = dict
    codes_of_one = errors.ALIYUN_OF_ONE

    def shared(self, sms: Sms) -> Hashable:
        return sms.template_code if sms.is_domestic else None

    def send(self, access: Access, batch: Sequence[Sms]) -> list[Result]:
        try:
            answer = _send_one(access, batch[0]) if len(batch) == 1 else _send_many(access, batch)
            biz_id = str(_checked(answer).biz_id or "")
        except Refused as refusal:
            return [refusal.result] * len(batch)
        # Several share one BizId; the number in a receipt says whose it is.
        return [Result(Outcome.SENT, provider_message_id=biz_id)] * len(batch)

    def verify(self, access: Access) -> Verification:
        from alibabacloud_dysmsapi20170525.models import QuerySmsSignRequest

        asked = QuerySmsSignRequest(sign_name=access.sign_name)
        try:
            answer = _checked(_call(access, "query_sms_sign_with_options", asked))
        except Refused as refusal:
            return Verification(ok=False, code=refusal.result.code, detail=refusal.result.detail)
        if answer.sign_status != SIGN_APPROVED:
            return Verification(
                ok=False, code="sign_not_approved", detail=f"签名「{access.sign_name}」未审核通过"
            )
        return Verification(ok=True, code="OK", detail=f"签名「{access.sign_name}」可用")

    def receipts(self, entries: list[Any]) -> list[Receipt]:
        """`[{phone_number, report_time, success, err_code, err_msg, biz_id, out_id, …}]`."""
        found: list[Receipt] = []
        for place, entry in enumerate(entries):
            push = pushed.Entry(entry, place)
            ok = push.boolean("success")
            out_id = push.text("out_id", required=False)
            told: dict[str, Any] = {
                "status": ReceiptStatus.DELIVERED if ok else ReceiptStatus.FAILED,
                "code": "" if ok else push.text("err_code", required=False),
                "detail": "" if ok else push.text("err_msg", required=False),
                "at": push.time("report_time"),
            }
            phone = _e164(push.digits("phone_number"))
            # A BizId with an out_id is one message's own: the number need not say whose.
            found.append(
                Receipt(
                    provider_message_id=push.text("biz_id"),
                    recipient="" if out_id else phone,
                    **told,
                )
            )
            if out_id:
                # One whose answer was lost has no BizId with us, but our own number it has.
                found.append(Receipt(message_id=out_id, **told))
        return found


def _send_one(access: Access, sms: Sms) -> Any:
    from alibabacloud_dysmsapi20170525.models import SendSmsRequest

    asked = SendSmsRequest(
        phone_numbers=_number(sms),
        sign_name=access.sign_name,
        template_code=sms.template_code,
        template_param=_json(sms.params) if sms.params else None,
        out_id=sms.message_id,
    )
    return _call(access, "send_sms_with_options", asked)


def _send_many(access: Access, batch: Sequence[Sms]) -> Any:
    from alibabacloud_dysmsapi20170525.models import SendBatchSmsRequest

    asked = SendBatchSmsRequest(
        phone_number_json=_json([_number(sms) for sms in batch]),
        sign_name_json=_json([access.sign_name] * len(batch)),
        template_code=batch[0].template_code,
        template_param_json=_json([sms.params or {} for sms in batch]),
    )
    return _call(access, "send_batch_sms_with_options", asked)


def _call(access: Access, operation: str, asked: Any) -> Any:
    """The answer's body; raises `Refused`, and `TimeoutError` where none came."""
    from darabonba.exceptions import ResponseException
    from darabonba.policy.retry import RetryOptions
    from darabonba.runtime import RuntimeOptions
    from Tea.exceptions import UnretryableException

    options = RuntimeOptions(
        autoretry=False,
        retry_options=RetryOptions(retryable=False),
        connect_timeout=int(provider.CONNECT_SECONDS * 1000),
        read_timeout=int(provider.READ_SECONDS * 1000),
    )
    call: Callable[..., Any] = getattr(_client(access, access.scheme), operation)
    try:
        return call(asked, options).body
    except ResponseException as refusal:
        raise Refused(_result_of(refusal)) from None
    except UnretryableException as failure:
        # An answer that is no JSON is a gateway's page: the SDK tells no status with it.
        result = network_failure(failure) or Result(Outcome.RETRY, "bad_answer", "平台应答无法解析")
        raise Refused(result) from None


def _result_of(refusal: Any) -> Result:
    wait_ms = getattr(refusal, "retry_after", None)
    return errors.result_of(
        errors.ALIYUN,
        str(refusal.code),
        message=str(refusal.message),
        status=int(refusal.status_code or 0),
        retry_after_seconds=wait_ms / 1000 if wait_ms else None,
    )


def _checked(answer: Any) -> Any:
    """Business refusals come with HTTP 200 and a code."""
    if answer is None or not answer.code:
        raise Refused(Result(Outcome.RETRY, "bad_answer", "平台应答无法解析"))
    if answer.code != "OK":
        raise Refused(errors.result_of(errors.ALIYUN, answer.code, message=str(answer.message)))
    return answer


@lru_cache(maxsize=64)
def _client(access: Access, scheme: str) -> Any:
    from alibabacloud_dysmsapi20170525.client import Client
    from alibabacloud_tea_openapi.utils_models import Config

    return Client(
        Config(
            access_key_id=access.key_id,
            access_key_secret=access.key_secret,
            endpoint=access.endpoint,
            protocol=scheme,
        )
    )


def _number(sms: Sms) -> str:
    """`13800138000`; foreign numbers begin with their country code, without a plus."""
    return sms.phone.removeprefix("+86").removeprefix("+")


def _e164(digits: str) -> str:
    is_domestic = len(digits) == 11 and digits[0] == "1" and digits[1] in "3456789"
    return f"+86{digits}" if is_domestic else f"+{digits}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
