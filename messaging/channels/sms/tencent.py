"""Tencent Cloud SMS 2021-01-11 by its SDK (wechat-protocol.md §7.1)."""

import logging
from collections.abc import Hashable, Sequence
from functools import lru_cache
from typing import Any

from tencentcloud.common.credential import Credential
from tencentcloud.common.exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sms.v20210111 import models
from tencentcloud.sms.v20210111.sms_client import SmsClient

from config.errors import InvalidInputError
from messaging.channels.base import Outcome, Receipt, ReceiptStatus, Result, Verification
from messaging.channels.sms import errors, provider, pushed
from messaging.channels.sms.calls import network_failure
from messaging.channels.sms.provider import Access, Provider, Sms

REGION = "ap-guangzhou"
SIGN_USABLE = 0
SIGNS_A_PAGE = 100
_STATES = {"SUCCESS": ReceiptStatus.DELIVERED, "FAIL": ReceiptStatus.FAILED}
# A connection that is kept may be closed by the server just as we use it: that send is uncertain.
_HEADERS = {"Connection": "close"}

# Its debug lines hold whole requests, phones and all.
logging.getLogger("tencentcloud_sdk_common").setLevel(logging.WARNING)


class Tencent(Provider):
    official_host = "sms.tencentcloudapi.com"
    most_together = 200
    params_type = list

    def shared(self, sms: Sms) -> Hashable:
        """Domestic and foreign numbers never share a call, nor do different variables."""
        return sms.template_code, tuple(sms.params or ()), sms.is_domestic

    def send(self, access: Access, batch: Sequence[Sms]) -> list[Result]:
        asked = models.SendSmsRequest()
        asked.PhoneNumberSet = [sms.phone for sms in batch]
        asked.SmsSdkAppId = access.sdk_app_id
        asked.SignName = access.sign_name
        asked.TemplateId = batch[0].template_code
        asked.TemplateParamSet = list(batch[0].params or ())
        if len(batch) == 1:
            asked.SessionContext = batch[0].message_id
        asked.headers = dict(_HEADERS)
        try:
            answer = _client(access, access.scheme).SendSms(asked)
        except TencentCloudSDKException as error:
            return [_result_of(error)] * len(batch)
        by_phone = {status.PhoneNumber: status for status in answer.SendStatusSet or ()}
        return [_result_of_status(by_phone.get(sms.phone)) for sms in batch]

    def verify(self, access: Access) -> Verification:
        asked = models.DescribeSmsSignListRequest()
        asked.International, asked.Limit, asked.Offset = 0, SIGNS_A_PAGE, 0
        asked.headers = dict(_HEADERS)
        try:
            answer = _client(access, access.scheme).DescribeSmsSignList(asked)
        except TencentCloudSDKException as error:
            result = _result_of(error)
            return Verification(ok=False, code=result.code, detail=result.detail)
        signs = answer.DescribeSignListStatusSet or []
        states = [sign.StatusCode for sign in signs if sign.SignName == access.sign_name]
        # Beyond the first page nobody knows.
        if SIGN_USABLE in states or (not states and len(signs) == SIGNS_A_PAGE):
            return Verification(ok=True, code="Ok", detail=f"签名「{access.sign_name}」可用")
        return Verification(
            ok=False, code="sign_not_approved", detail=f"签名「{access.sign_name}」未审核通过"
        )

    def receipts(self, entries: list[Any]) -> list[Receipt]:
        """`[{user_receive_time, nationcode, mobile, report_status, errmsg, description, sid}]`."""
        return [_receipt(pushed.Entry(entry, place)) for place, entry in enumerate(entries)]


def _receipt(push: pushed.Entry) -> Receipt:
    status = _STATES.get(push.text("report_status"))
    if status is None:
        raise InvalidInputError("必须是 SUCCESS 或 FAIL", attr=push.name("report_status"))
    failed = status is ReceiptStatus.FAILED
    return Receipt(
        status,
        provider_message_id=push.text("sid"),
        recipient=f"+{push.digits('nationcode', shortest=1)}{push.digits('mobile')}",
        code=push.text("errmsg", required=False) if failed else "",
        detail=push.text("description", required=False) if failed else "",
        at=push.time("user_receive_time"),
    )


def _result_of_status(status: Any) -> Result:
    if status is None:
        return Result(Outcome.UNCERTAIN, "no_status", "平台没有给出这个号码的结果，请人工确认")
    if status.Code == "Ok":
        return Result(Outcome.SENT, provider_message_id=str(status.SerialNo or ""))
    return errors.result_of(errors.TENCENT, str(status.Code), message=str(status.Message))


def _result_of(error: TencentCloudSDKException) -> Result:
    """Raises `TimeoutError` where no answer came."""
    failed = network_failure(error)
    if failed is not None:
        return failed
    if error.requestId is None and error.code != "ServerNetworkError":
        # HTTP 200, but not in words that we know: it may have been taken.
        return Result(Outcome.UNCERTAIN, "bad_answer", "平台应答无法解析，可能已送达，请人工确认")
    return errors.result_of(errors.TENCENT, str(error.code), message=str(error.message))


@lru_cache(maxsize=64)
def _client(access: Access, scheme: str) -> Any:
    http = HttpProfile(
        protocol=scheme,
        endpoint=access.endpoint,
        # The SDK hands it to requests as it is: connecting, and each wait for an answer.
        reqTimeout=(provider.CONNECT_SECONDS, provider.READ_SECONDS),
    )
    profile = ClientProfile(httpProfile=http, retryer=None)
    return SmsClient(Credential(access.key_id, access.key_secret), REGION, profile)
