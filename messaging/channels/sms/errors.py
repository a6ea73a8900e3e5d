"""What the providers' error codes mean for a message (wechat-protocol.md §7.1).

Aliyun: https://help.aliyun.com/document_detail/101346.html
Tencent: https://cloud.tencent.com/document/api/382/59177
Decide on the code, never on the text beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from messaging.channels.base import Outcome, Result

MINUTE, HOUR = 60.0, 3600.0
UNTIL_MIDNIGHT = -1.0


@dataclass(frozen=True, slots=True)
class Meaning:
    outcome: Outcome
    detail: str
    wait_seconds: float | None = None
    is_account_fault: bool = False


def _retry(detail: str) -> Meaning:
    return Meaning(Outcome.RETRY, detail)


def _throttled(detail: str, seconds: float) -> Meaning:
    return Meaning(Outcome.THROTTLED, detail, seconds)


def _refused(detail: str) -> Meaning:
    return Meaning(Outcome.PERMANENT, detail)


def _account(detail: str) -> Meaning:
    return Meaning(Outcome.PERMANENT, detail, is_account_fault=True)


# A name that ends in a dot stands for all that begin with it, where none is listed in full.
ALIYUN: Mapping[str, Meaning] = {
    "isp.": _retry("短信平台系统错误"),
    "isp.RAM_PERMISSION_DENY": _account("RAM 权限不足，请给 AccessKey 授予短信权限"),
    "isv.BUSINESS_LIMIT_CONTROL": _throttled("触发短信平台流控", MINUTE),
    "isv.DAY_LIMIT_CONTROL": _throttled("触发短信平台日发送上限", UNTIL_MIDNIGHT),
    "isv.MONTH_LIMIT_CONTROL": _throttled("触发短信平台月发送上限", UNTIL_MIDNIGHT),
    "isv.MOBILE_NUMBER_ILLEGAL": _refused("手机号码不合法"),
    "isv.MOBILE_COUNT_OVER_LIMIT": _refused("手机号码数量超过平台上限"),
    "isv.TEMPLATE_MISSING_PARAMETERS": _refused("模板缺少变量，请检查 template_params"),
    "isv.TEMPLATE_PARAMS_ILLEGAL": _refused("模板变量不合法，请检查 template_params"),
    "isv.INVALID_JSON_PARAM": _refused("模板变量不是有效的 JSON"),
    "isv.INVALID_PARAMETERS": _refused("参数不合法"),
    "isv.PARAM_LENGTH_LIMIT": _refused("模板变量过长"),
    "isv.PARAM_NOT_SUPPORT_URL": _refused("模板变量不支持链接"),
    "isv.BLACK_KEY_CONTROL_LIMIT": _refused("模板变量含有禁用词"),
    "isv.SMS_CONTENT_ILLEGAL": _refused("短信内容含有禁用词"),
    "isv.SMS_TEMPLATE_ILLEGAL": _refused("短信模板不存在或未审核通过"),
    "isv.SMS_SIGNATURE_ILLEGAL": _account("短信签名不存在或未审核通过"),
    "isv.SMS_SIGN_ILLEGAL": _account("短信签名不存在或未审核通过"),
    "isv.AMOUNT_NOT_ENOUGH": _account("短信账户余额不足，请充值"),
    "isv.OUT_OF_SERVICE": _account("短信业务已停机，请检查余额"),
    "isv.PRODUCT_UN_SUBSCRIPT": _account("未开通短信服务"),
    "isv.PRODUCT_UNSUBSCRIBE": _account("未开通短信服务"),
    "isv.ACCOUNT_NOT_EXISTS": _account("阿里云账户不存在"),
    "isv.ACCOUNT_ABNORMAL": _account("阿里云账户异常"),
    "isv.DENY_IP_RANGE": _account("服务器 IP 不在允许名单，请在控制台添加"),
    "Throttling.": _throttled("接口调用过于频繁", MINUTE),
    "InvalidAccessKeyId.": _account("AccessKey ID 无效"),
    "SignatureDoesNotMatch": _account("AccessKey Secret 不正确"),
    "IncompleteSignature": _account("AccessKey 不正确，签名校验失败"),
    "InvalidTimeStamp.": _account("服务器时间与标准时间相差过大，请校时"),
    "Forbidden.": _account("RAM 权限不足，请给 AccessKey 授予短信权限"),
    "NoPermission.": _account("RAM 权限不足，请给 AccessKey 授予短信权限"),
    "SignatureNonceUsed": _retry("请求重复，将重试"),
    "ServiceUnavailable.": _retry("短信平台暂不可用"),
    "InternalError.": _retry("短信平台内部错误"),
}
# Refusals that one number or its variables earn, though they refuse the whole call.
ALIYUN_OF_ONE = frozenset(
    {
        "isv.BUSINESS_LIMIT_CONTROL",
        "isv.MOBILE_NUMBER_ILLEGAL",
        "isv.TEMPLATE_MISSING_PARAMETERS",
        "isv.TEMPLATE_PARAMS_ILLEGAL",
        "isv.INVALID_JSON_PARAM",
        "isv.INVALID_PARAMETERS",
        "isv.PARAM_LENGTH_LIMIT",
        "isv.PARAM_NOT_SUPPORT_URL",
        "isv.BLACK_KEY_CONTROL_LIMIT",
        "isv.SMS_CONTENT_ILLEGAL",
    }
)

TENCENT: Mapping[str, Meaning] = {
    "AuthFailure.": _account("SecretId 或 SecretKey 不正确，或没有权限"),
    "UnauthorizedOperation.": _account("账号没有发送权限，请检查短信控制台"),
    "InternalError.": _retry("短信平台内部错误"),
    "ServerNetworkError": _retry("短信平台服务异常"),
    "ResourceUnavailable.": _retry("短信平台暂不可用"),
    "RequestLimitExceeded.": _throttled("接口调用过于频繁", MINUTE),
    "LimitExceeded.": _throttled("触发短信平台频率限制", MINUTE),
    "LimitExceeded.PhoneNumberThirtySecondLimit": _throttled("该号码 30 秒内已发送", 30.0),
    "LimitExceeded.PhoneNumberOneHourLimit": _throttled("该号码 1 小时内发送过多", HOUR),
    "LimitExceeded.PhoneNumberDailyLimit": _throttled("该号码今日已达上限", UNTIL_MIDNIGHT),
    "LimitExceeded.PhoneNumberSameContentDailyLimit": _throttled(
        "该号码今日相同内容已达上限", UNTIL_MIDNIGHT
    ),
    "LimitExceeded.DailyLimit": _throttled("今日发送量已达上限", UNTIL_MIDNIGHT),
    "LimitExceeded.AppDailyLimit": _throttled("今日发送量已达上限", UNTIL_MIDNIGHT),
    "LimitExceeded.AppMainlandChinaDailyLimit": _throttled("今日发送量已达上限", UNTIL_MIDNIGHT),
    "LimitExceeded.AppGlobalDailyLimit": _throttled("今日国际发送量已达上限", UNTIL_MIDNIGHT),
    "LimitExceeded.AppCountryOrRegionDailyLimit": _throttled(
        "今日该国家或地区发送量已达上限", UNTIL_MIDNIGHT
    ),
    "LimitExceeded.AppCountryOrRegionInBlacklist": _refused("控制台未允许发往该国家或地区"),
    "FailedOperation.PhoneNumberInBlacklist": _refused("号码在免打扰名单中"),
    "FailedOperation.ContainSensitiveWord": _refused("短信内容含有敏感词"),
    "FailedOperation.PhoneNumberParseFail": _refused("手机号码不合法"),
    "InvalidParameterValue.IncorrectPhoneNumber": _refused("手机号码不合法"),
    "FailedOperation.TemplateIncorrectOrUnapproved": _refused("短信模板未审核通过或内容不匹配"),
    "FailedOperation.TemplateUnapprovedOrNotExist": _refused("短信模板不存在或未审核通过"),
    "FailedOperation.TemplateParamSetNotMatchApprovedTemplate": _refused(
        "模板变量的个数与审核通过的模板不一致"
    ),
    "FailedOperation.SignatureIncorrectOrUnapproved": _account("短信签名不存在或未审核通过"),
    "FailedOperation.InsufficientBalanceInSmsPackage": _account("短信套餐包余量不足，请购买"),
    "InvalidParameterValue.SdkAppIdNotExist": _account("SdkAppId 不存在"),
    "InvalidParameter.AppidAndBizId": _account("账号与 SdkAppId 不匹配"),
    "InvalidParameterValue.TemplateParameterFormatError": _refused("验证码变量只能是 0–6 位数字"),
    "InvalidParameterValue.TemplateParameterLengthLimit": _refused("模板变量过长"),
    "InvalidParameterValue.ContentLengthLimit": _refused("短信内容过长"),
}


def result_of(
    meanings: Mapping[str, Meaning],
    code: str,
    *,
    message: str = "",
    status: int = 200,
    retry_after_seconds: float | None = None,
) -> Result:
    """The result of a refused attempt. An unknown code below HTTP 500 is permanent: repeating it
    blindly helps nobody."""
    found = meanings.get(code) or meanings.get(code.partition(".")[0] + ".")
    if found is None:
        found = (
            _retry("短信平台服务异常") if status >= 500 else _refused(f"平台拒绝：{message[:200]}")
        )
    wait = found.wait_seconds
    if wait == UNTIL_MIDNIGHT:
        wait = _seconds_until_midnight()
    if found.outcome is Outcome.THROTTLED and retry_after_seconds:
        wait = retry_after_seconds
    return Result(
        found.outcome,
        code,
        found.detail,
        retry_after_seconds=wait,
        is_account_fault=found.is_account_fault,
    )


def _seconds_until_midnight() -> float:
    """A day's rule lasts the natural day (§6)."""
    now = timezone.localtime()
    tomorrow = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    return (tomorrow - now).total_seconds()
