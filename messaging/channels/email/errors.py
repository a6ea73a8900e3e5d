"""What an SMTP reply means for a message (RFC 5321 §4.2, RFC 3463).

Decide on the code and the enhanced status, never on the text.
"""

import re

from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPConnectResponseError,
    SMTPException,
    SMTPHeloError,
    SMTPResponseException,
    SMTPSenderRefused,
)

from messaging.channels.base import Outcome, Result
from messaging.channels.retry_after import RATE_WINDOW_SECONDS

_ENHANCED = re.compile(r"\A([245]\.\d{1,3}\.\d{1,3})(?=\s|\Z)")
CLOSING = 421
AUTHENTICATION = frozenset({530, 534, 535, 538})
# With enhanced status 4.7.x these are a server's rate limit.
_RATE = frozenset({421, 450})
# Refused before anybody was named whom the mail is for.
_ABOUT_US = (
    SMTPAuthenticationError,
    SMTPConnectResponseError,
    SMTPHeloError,
    SMTPSenderRefused,
)
_TEXT_LENGTH = 200

_MEANING = {
    421: "邮件服务器暂停服务",
    450: "对方邮箱暂时不可用",
    451: "邮件服务器处理出错",
    452: "邮件服务器存储不足",
    454: "邮件服务器暂时无法认证",
    455: "邮件服务器暂时无法处理参数",
    500: "邮件服务器不认识命令",
    501: "邮件地址或参数不合法",
    502: "邮件服务器不支持命令",
    503: "命令顺序被拒",
    504: "邮件服务器不支持参数",
    521: "对方主机不收邮件",
    530: "邮件服务器要求认证，请检查账号",
    534: "邮件服务器不接受这种认证方式",
    535: "邮箱用户名或密码（授权码）不正确",
    538: "邮件服务器要求先加密再认证",
    550: "邮箱不存在，或对方拒收",
    551: "邮箱不在该服务器",
    552: "对方邮箱已满，或邮件过大",
    553: "邮箱地址不被允许",
    554: "邮件被拒收",
    555: "邮件服务器不认识参数",
    556: "对方域名不收邮件",
}


def result_of_reply(code: int, message: str, *, is_about_us: bool = False) -> Result:
    """The result of a refused attempt."""
    found = _ENHANCED.match(message)
    enhanced = found[1] if found else ""
    said = " ".join(message.split())[:_TEXT_LENGTH]
    detail = f"{_MEANING.get(code, '邮件服务器拒绝')}：{said}"
    name = f"smtp_{code}"
    if code in _RATE and enhanced.startswith("4.7."):
        return Result(Outcome.THROTTLED, name, detail, retry_after_seconds=RATE_WINDOW_SECONDS)
    if 400 <= code < 500:
        return Result(Outcome.RETRY, name, detail)
    if code in AUTHENTICATION or is_about_us:
        return Result(Outcome.PERMANENT, name, detail, is_account_fault=True)
    return Result(Outcome.PERMANENT, name, detail)


def result_of_failure(failure: Exception) -> Result:
    """What ended an attempt before its text was handed over: nothing was delivered."""
    if isinstance(failure, SMTPResponseException):
        return result_of_reply(
            failure.code, failure.message, is_about_us=isinstance(failure, _ABOUT_US)
        )
    if isinstance(failure, TimeoutError):
        return Result(Outcome.RETRY, "connection_timeout", "邮件服务器没有应答")
    if isinstance(failure, OSError):
        return Result(Outcome.RETRY, "connection_failed", "连不上邮件服务器，或连接被断开")
    assert isinstance(failure, SMTPException)
    return Result(
        Outcome.PERMANENT,
        "smtp_not_supported",
        "邮件服务器不支持所选的加密或认证方式",
        is_account_fault=True,
    )
