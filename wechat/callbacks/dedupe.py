"""What makes two callbacks one (wechat-protocol.md §1.5).

Never the encrypted body: the platform's retry is encrypted with new random bytes.
"""

import hashlib
from typing import Any

KEY_LENGTH = 128


def app_key(payload: dict[str, Any], plain: str) -> str:
    """AgentID and MsgId for a message; for an event, whose ids are too coarse, its whole text."""
    message_id = str(payload.get("MsgId") or "")
    if message_id:
        return f"{payload.get('AgentID', '')}:{message_id}"[:KEY_LENGTH]
    return _digest(plain)


def aibot_key(payload: dict[str, Any], plain: str) -> str:
    """The robot's own `msgid`."""
    message_id = str(payload.get("msgid") or "")
    return message_id if 0 < len(message_id) <= KEY_LENGTH else _digest(plain)


def official_key(payload: dict[str, Any], plain: str) -> str:
    """MsgId for a message; who, when and what for an event; what became of which template message."""
    event = str(payload.get("Event") or "")
    if payload.get("MsgType") != "event":
        message_id = str(payload.get("MsgId") or "")
        return message_id if 0 < len(message_id) <= KEY_LENGTH else _digest(plain)
    if event == "TEMPLATESENDJOBFINISH":
        parts = [event, str(payload.get("MsgID") or ""), str(payload.get("FromUserName") or "")]
    else:
        names = ("FromUserName", "CreateTime", "Event", "EventKey")
        parts = [str(payload.get(name) or "") for name in names]
    key = ":".join(parts)
    return key if len(key) <= KEY_LENGTH else _digest(key)


def _digest(plain: str) -> str:
    return f"sha256:{hashlib.sha256(plain.encode()).hexdigest()}"
