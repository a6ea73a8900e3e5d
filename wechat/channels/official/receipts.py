"""TEMPLATESENDJOBFINISH: what became of a template message (wechat-protocol.md §§1.3, 2.8).

Plain, compatible and safe mode alike; in the last two only what was sealed is believed.
"""

import re
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from config.errors import InvalidInputError, NotAllowedError
from messaging.channels.base import Receipt, ReceiptCall, ReceiptStatus
from wechat.callbacks import crypto
from wechat.callbacks.crypto import Envelope, ForgedCallbackError, MalformedCallbackError

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
    echostr = call.query.get("echostr", "")
    try:
        if not echostr:
            raise MalformedCallbackError
        crypto.check_signature(crypto.official_keys(), _envelope(call, "signature"))
    except (ForgedCallbackError, MalformedCallbackError) as error:
        raise _refusal(error) from None
    return echostr


def receipts_in(call: ReceiptCall) -> list[Receipt]:
    """Nothing for every other event: this address may get all of the account's callbacks."""
    try:
        event = _event(call)
    except (ForgedCallbackError, MalformedCallbackError) as error:
        raise _refusal(error) from None
    if event.get("Event") != "TEMPLATESENDJOBFINISH":
        return []
    number, openid = str(event.get("MsgID") or ""), str(event.get("FromUserName") or "")
    if not _MSG_ID.fullmatch(number) or not OPENID.fullmatch(openid):
        raise InvalidInputError("回执缺少 MsgID 或 FromUserName")
    status, code = _status(str(event.get("Status") or ""))
    if status is None:
        return []
    return [
        Receipt(
            status,
            provider_message_id=number,
            recipient=openid,
            code=code,
            detail=_FAILURES.get(code, "模板消息发送失败") if code else "",
            at=_moment(str(event.get("CreateTime") or "")),
        )
    ]


def _event(call: ReceiptCall) -> dict[str, Any]:
    if len(call.body) > settings.CALLBACK_BODY_LIMIT_BYTES:
        raise MalformedCallbackError
    outer = _parsed(call.body)
    sealed = outer.get("Encrypt")
    if sealed is None and call.query.get("encrypt_type", "raw") != "aes":
        crypto.check_signature(crypto.official_keys(), _envelope(call, "signature"))
        return outer
    if not isinstance(sealed, str):
        raise MalformedCallbackError
    envelope = _envelope(call, "msg_signature")
    return _parsed(crypto.open_sealed(crypto.official_keys(), envelope, sealed).encode())


def _envelope(call: ReceiptCall, name: str) -> Envelope:
    parts = [call.query.get(part, "") for part in (name, "timestamp", "nonce")]
    if not all(parts):
        raise MalformedCallbackError
    return Envelope(*parts)


def _parsed(body: bytes) -> dict[str, Any]:
    """XML, or JSON where the console says so."""
    return crypto.parse_json(body) if body.lstrip()[:1] == b"{" else crypto.parse_xml(body)


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
