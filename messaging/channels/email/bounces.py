"""Delivery status notifications (RFC 3464) as a mail server's pipe or a webhook posts them."""

from collections.abc import Iterator
from email import message_from_bytes, message_from_string, policy
from email.message import Message

from config.errors import InvalidInputError
from messaging.channels.base import Receipt, ReceiptStatus

# `delayed`, `relayed` and `expanded` say nothing final (RFC 3464 §2.3.3).
_ACTIONS = {"failed": ReceiptStatus.FAILED, "delivered": ReceiptStatus.DELIVERED}
_ID_LENGTH = 128


def receipts_of(body: bytes, content_type: str) -> list[Receipt]:
    """Each recipient's final state. Raises `InvalidInputError` for what is no such notification."""
    if content_type.lower().startswith("multipart/report"):
        body = b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n" + body
    try:
        return _read(body)
    except RecursionError:
        raise InvalidInputError("不是有效的退信通知：嵌套过深") from None


def _read(body: bytes) -> list[Receipt]:
    # This policy takes headers as they come, however broken.
    notification = message_from_bytes(body, policy=policy.compat32)
    message_id = _message_id(notification)
    if not message_id:
        raise InvalidInputError("不是有效的退信通知：找不到原邮件的 Message-ID")
    return [
        Receipt(status, message_id, code=f"dsn_{code}" if code else "", detail=detail)
        for status, code, detail in _states(notification)
    ]


def _states(notification: Message) -> Iterator[tuple[ReceiptStatus, str, str]]:
    for part in _parts(notification, "message/delivery-status"):
        blocks = part.get_payload()
        for block in blocks if isinstance(blocks, list) else []:
            if not isinstance(block, Message):
                continue
            status = _ACTIONS.get(str(block.get("Action", "")).strip().lower())
            if status is not None:
                words = _line(block, "Status").split()
                yield status, words[0][:20] if words else "", _line(block, "Diagnostic-Code")


def _message_id(notification: Message) -> str:
    """That of the mail which was returned, whole or as its headers."""
    for part in _parts(notification, "message/rfc822"):
        returned = part.get_payload()
        if isinstance(returned, list) and returned and isinstance(returned[0], Message):
            return _line(returned[0], "Message-ID")[:_ID_LENGTH]
    for part in _parts(notification, "text/rfc822-headers"):
        raw = part.get_payload(decode=True)
        text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
        return _line(message_from_string(text), "Message-ID")[:_ID_LENGTH]
    return ""


def _parts(notification: Message, content_type: str) -> Iterator[Message]:
    return (part for part in notification.walk() if part.get_content_type() == content_type)


def _line(block: Message, name: str) -> str:
    """Without the one character that no database keeps."""
    return " ".join(str(block.get(name, "")).replace("\x00", "").split())
