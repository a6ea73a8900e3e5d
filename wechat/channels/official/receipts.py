"""TEMPLATESENDJOBFINISH: what became of a template message (wechat-protocol.md §2.8)."""

import re
from datetime import UTC, datetime
from typing import Any

from config.errors import InvalidInputError, NotAllowedError
from messaging.channels.base import Receipt, ReceiptCall, ReceiptStatus
from wechat.callbacks import official
from wechat.callbacks.crypto import ForgedCallbackError, MalformedCallbackError

JOB_FINISHED = "TEMPLATESENDJOBFINISH"
OPENID = re.compile(r"[A-Za-z0-9_-]{20,64}")
_MSG_ID = re.compile(r"[0-9]{1,32}")
_MOMENT = re.compile(r"[0-9]{1,10}")
_FAILURES = {
    "user_block": "用户拒收：已屏蔽公众号的消息",
    "system_failed": "微信系统原因，发送失败",
    "freq_limit": "超过频率限制，发送失败",
}


def echo(call: ReceiptCall) -> str:
    """The address check: the echostr as it came, once its signature is right."""
    try:
        return official.checked_echo(call.query)
    except (ForgedCallbackError, MalformedCallbackError) as error:
        raise _refusal(error) from None


def receipts_in(call: ReceiptCall) -> list[Receipt]:
    """Nothing for every other event: this address may get all of the account's callbacks."""
    try:
        event = official.opened(call.query, call.body).payload
    except (ForgedCallbackError, MalformedCallbackError) as error:
        raise _refusal(error) from None
    if event.get("Event") != JOB_FINISHED:
        return []
    receipt = receipt_of(event)
    return [receipt] if receipt is not None else []


def receipt_of(event: dict[str, Any]) -> Receipt | None:
    """What the event says of a message; None for a status that is new. Raises `InvalidInputError`."""
    number, openid = str(event.get("MsgID") or ""), str(event.get("FromUserName") or "")
    if not _MSG_ID.fullmatch(number) or not OPENID.fullmatch(openid):
        raise InvalidInputError("回执缺少 MsgID 或 FromUserName")
    status, code = _status(str(event.get("Status") or ""))
    if status is None:
        return None
    return Receipt(
        status,
        provider_message_id=number,
        recipient=openid,
        code=code,
        detail=_FAILURES.get(code, "模板消息发送失败") if code else "",
        at=_moment(str(event.get("CreateTime") or "")),
    )


def _status(text: str) -> tuple[ReceiptStatus | None, str]:
    """`success`, or `failed:user block` as FAILED with the code `user_block`; None for what is new."""
    if text == "success":
        return ReceiptStatus.DELIVERED, ""
    if text.startswith("failed"):
        reason = re.sub(r"[^a-z0-9]+", "_", text[len("failed") :].lower()).strip("_")
        return ReceiptStatus.FAILED, reason[:64] or "failed"
    return None, ""


def _moment(text: str) -> datetime | None:
    return datetime.fromtimestamp(int(text), UTC) if _MOMENT.fullmatch(text) else None


def _refusal(error: Exception) -> NotAllowedError | InvalidInputError:
    if isinstance(error, ForgedCallbackError):
        return NotAllowedError("签名或内容校验失败", code="forged")
    return InvalidInputError("不是有效的回调", code="malformed")
