"""Every error code of the SMS providers lands in its class, over the wire (§7.1)."""

from urllib.parse import urlsplit

import pytest

from messaging.channels.base import Outcome
from tests.factories import SmsAccountFactory
from tests.messaging.channels.test_sms_sending import fault, outbound, outbox, send

pytestmark = pytest.mark.django_db(transaction=True)

RETRY, THROTTLED, PERMANENT = Outcome.RETRY, Outcome.THROTTLED, Outcome.PERMANENT
ALIYUN = {
    "isv.BUSINESS_LIMIT_CONTROL": (THROTTLED, False),
    "isv.DAY_LIMIT_CONTROL": (THROTTLED, False),
    "isv.MONTH_LIMIT_CONTROL": (THROTTLED, False),
    "Throttling.User": (THROTTLED, False),
    "Throttling": (THROTTLED, False),
    "isp.SYSTEM_ERROR": (RETRY, False),
    "isp.ANYTHING_ELSE": (RETRY, False),
    "ServiceUnavailable": (RETRY, False),
    "InternalError": (RETRY, False),
    "SignatureNonceUsed": (RETRY, False),
    "isv.MOBILE_NUMBER_ILLEGAL": (PERMANENT, False),
    "isv.MOBILE_COUNT_OVER_LIMIT": (PERMANENT, False),
    "isv.SMS_TEMPLATE_ILLEGAL": (PERMANENT, False),
    "isv.TEMPLATE_MISSING_PARAMETERS": (PERMANENT, False),
    "isv.TEMPLATE_PARAMS_ILLEGAL": (PERMANENT, False),
    "isv.INVALID_JSON_PARAM": (PERMANENT, False),
    "isv.INVALID_PARAMETERS": (PERMANENT, False),
    "isv.PARAM_LENGTH_LIMIT": (PERMANENT, False),
    "isv.PARAM_NOT_SUPPORT_URL": (PERMANENT, False),
    "isv.BLACK_KEY_CONTROL_LIMIT": (PERMANENT, False),
    "isv.SMS_CONTENT_ILLEGAL": (PERMANENT, False),
    "isv.NOBODY_KNOWS_THIS": (PERMANENT, False),
    "isv.SMS_SIGNATURE_ILLEGAL": (PERMANENT, True),
    "isv.SMS_SIGN_ILLEGAL": (PERMANENT, True),
    "isv.AMOUNT_NOT_ENOUGH": (PERMANENT, True),
    "isv.OUT_OF_SERVICE": (PERMANENT, True),
    "isv.PRODUCT_UN_SUBSCRIPT": (PERMANENT, True),
    "isv.PRODUCT_UNSUBSCRIBE": (PERMANENT, True),
    "isv.ACCOUNT_NOT_EXISTS": (PERMANENT, True),
    "isv.ACCOUNT_ABNORMAL": (PERMANENT, True),
    "isv.DENY_IP_RANGE": (PERMANENT, True),
    "isp.RAM_PERMISSION_DENY": (PERMANENT, True),
    "SignatureDoesNotMatch": (PERMANENT, True),
    "IncompleteSignature": (PERMANENT, True),
    "InvalidAccessKeyId.NotFound": (PERMANENT, True),
    "InvalidTimeStamp.Expired": (PERMANENT, True),
    "Forbidden.RAM": (PERMANENT, True),
    "NoPermission": (PERMANENT, True),
}
TENCENT = {
    "LimitExceeded.DeliveryFrequencyLimit": (THROTTLED, False),
    "LimitExceeded.PhoneNumberThirtySecondLimit": (THROTTLED, False),
    "LimitExceeded.PhoneNumberOneHourLimit": (THROTTLED, False),
    "LimitExceeded.PhoneNumberDailyLimit": (THROTTLED, False),
    "LimitExceeded.PhoneNumberSameContentDailyLimit": (THROTTLED, False),
    "LimitExceeded.DailyLimit": (THROTTLED, False),
    "LimitExceeded.AppDailyLimit": (THROTTLED, False),
    "LimitExceeded.AppMainlandChinaDailyLimit": (THROTTLED, False),
    "LimitExceeded.AppGlobalDailyLimit": (THROTTLED, False),
    "LimitExceeded.AppCountryOrRegionDailyLimit": (THROTTLED, False),
    "RequestLimitExceeded": (THROTTLED, False),
    "RequestLimitExceeded.UinLimitExceeded": (THROTTLED, False),
    "InternalError": (RETRY, False),
    "InternalError.OtherError": (RETRY, False),
    "InternalError.SendAndRecvFail": (RETRY, False),
    "ResourceUnavailable": (RETRY, False),
    "LimitExceeded.AppCountryOrRegionInBlacklist": (PERMANENT, False),
    "FailedOperation.PhoneNumberInBlacklist": (PERMANENT, False),
    "FailedOperation.PhoneNumberParseFail": (PERMANENT, False),
    "FailedOperation.ContainSensitiveWord": (PERMANENT, False),
    "FailedOperation.TemplateIncorrectOrUnapproved": (PERMANENT, False),
    "FailedOperation.TemplateUnapprovedOrNotExist": (PERMANENT, False),
    "FailedOperation.TemplateParamSetNotMatchApprovedTemplate": (PERMANENT, False),
    "InvalidParameterValue.IncorrectPhoneNumber": (PERMANENT, False),
    "InvalidParameterValue.TemplateParameterFormatError": (PERMANENT, False),
    "InvalidParameterValue.TemplateParameterLengthLimit": (PERMANENT, False),
    "InvalidParameterValue.ContentLengthLimit": (PERMANENT, False),
    "MissingParameter.EmptyPhoneNumberSet": (PERMANENT, False),
    "NobodyKnows.This": (PERMANENT, False),
    "FailedOperation.SignatureIncorrectOrUnapproved": (PERMANENT, True),
    "FailedOperation.InsufficientBalanceInSmsPackage": (PERMANENT, True),
    "InvalidParameterValue.SdkAppIdNotExist": (PERMANENT, True),
    "InvalidParameter.AppidAndBizId": (PERMANENT, True),
    "AuthFailure.SecretIdNotFound": (PERMANENT, True),
    "AuthFailure.SignatureFailure": (PERMANENT, True),
    "AuthFailure.UnauthorizedOperation": (PERMANENT, True),
    "UnauthorizedOperation.SmsSdkAppIdVerifyFail": (PERMANENT, True),
    "UnauthorizedOperation.ServiceSuspendDueToArrears": (PERMANENT, True),
}


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        *[("aliyun", code, expected) for code, expected in ALIYUN.items()],
        *[("tencent", code, expected) for code, expected in TENCENT.items()],
    ],
)
def test_an_error_code_means_what_its_class_says(platform, api, admin, name, code, expected):
    account = SmsAccountFactory(provider=name, endpoint=urlsplit(platform.url).netloc)
    client = api(admin)
    fault(client, mode="errcode", errcode=code)
    (result,) = send(outbound(account))
    assert (result.outcome, result.is_account_fault) == expected
    assert result.code == code
    assert result.detail
    if result.outcome is THROTTLED:
        assert 0 < result.retry_after_seconds <= 90_000
    assert outbox(client) == []


def test_what_is_the_whole_accounts_fault_stops_its_other_messages(
    platform, api, admin, run_outbox
):
    from messaging.models import Message, MessageTemplate

    SmsAccountFactory(endpoint=urlsplit(platform.url).netloc)
    MessageTemplate.objects.create(
        code="n", name="n", channel="SMS", body="通知", options={"template_code": "SMS_1"}
    )
    client = api(admin)
    fault(client, mode="errcode", errcode="isv.AMOUNT_NOT_ENOUGH")
    for phone in ("13800000001", "13800000002"):
        client.post("/api/messages/send", {"template_code": "n", "recipient": phone})
        run_outbox()
    states = list(Message.objects.order_by("pk").values_list("status", "error_code"))
    assert states == [("failed", "isv.AMOUNT_NOT_ENOUGH"), ("queued", "circuit_open")]
