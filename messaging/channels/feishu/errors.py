"""What a Feishu robot's answers mean for a message (wechat-protocol.md §7.2)."""

import json

from messaging.channels.base import Outcome, Result
from messaging.channels.retry_after import RATE_WINDOW_SECONDS, wait_of

_THROTTLED = {11232: "超过飞书机器人频率限制"}
_ACCOUNT_FAULTS = {
    19001: "Webhook 地址无效，或机器人已被移出群",
    19021: "签名校验失败，请检查签名密钥与服务器时间",
    19022: "服务器 IP 不在机器人的白名单",
}
_PERMANENT = {
    9499: "消息格式不合飞书要求",
    19024: "消息不含机器人要求的关键词",
}


def result_of(status: int, retry_after: str | None, raw: bytes) -> Result:
    """The result of one call, by HTTP status and `code`; an unknown code is permanent."""
    if status == 429:
        wait = wait_of(retry_after)
        return Result(Outcome.THROTTLED, "http_429", "飞书限流", retry_after_seconds=wait)
    if status >= 500:
        return Result(Outcome.RETRY, f"http_{status}", "飞书服务异常")
    code = _code_in(raw)
    if code is None:
        if status != 200:
            return Result(Outcome.PERMANENT, f"http_{status}", "飞书拒绝了请求，请检查地址")
        # Taken, perhaps: there is no key by which a repetition would be known.
        return Result(Outcome.UNCERTAIN, "bad_answer", "飞书应答无法解析，可能已送达，请人工确认")
    return _result_of_code(code)


def _result_of_code(code: int) -> Result:
    if code == 0:
        return Result(Outcome.SENT)
    if code in _THROTTLED:
        return Result(
            Outcome.THROTTLED,
            str(code),
            _THROTTLED[code],
            retry_after_seconds=RATE_WINDOW_SECONDS,
        )
    if code in _ACCOUNT_FAULTS:
        return Result(Outcome.PERMANENT, str(code), _ACCOUNT_FAULTS[code], is_account_fault=True)
    return Result(Outcome.PERMANENT, str(code), _PERMANENT.get(code, f"飞书拒绝：错误码 {code}"))


def _code_in(raw: bytes) -> int | None:
    """`code`, or the `StatusCode` of older robots; None when the answer has neither."""
    try:
        answer = json.loads(raw)
        return int(answer["code"] if "code" in answer else answer["StatusCode"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
