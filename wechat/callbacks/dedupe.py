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


def _digest(plain: str) -> str:
    return f"sha256:{hashlib.sha256(plain.encode()).hexdigest()}"
