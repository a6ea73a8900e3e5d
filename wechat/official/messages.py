"""What a follower sent, as an agent and the assistant read it (wechat-protocol.md §2.8)."""

from datetime import datetime
from typing import Any

from wechat.client.moments import moment

KINDS = {"image": "图片", "voice": "语音", "video": "视频", "shortvideo": "小视频", "file": "文件"}


def said(payload: dict[str, Any]) -> str:
    """A text's or a recognised voice's words; of anything else what it is and where it can be seen."""
    kind = text(payload, "MsgType")
    if kind == "text":
        return text(payload, "Content")
    if kind == "voice" and (words := text(payload, "Recognition").strip()):
        return words
    if kind == "location":
        place = "，".join(filter(None, (text(payload, "Location_X"), text(payload, "Location_Y"))))
        return _joined("[位置]", text(payload, "Label"), f"（{place}）" if place else "")
    if kind == "link":
        return _joined("[链接]", *(text(payload, name) for name in ("Title", "Description", "Url")))
    return _joined(f"[{KINDS.get(kind, '消息')}]", text(payload, "PicUrl"))


def moment_of(payload: dict[str, Any]) -> datetime | None:
    """When it happened by the platform's clock."""
    return moment(text(payload, "CreateTime"))


def text(payload: dict[str, Any], name: str) -> str:
    """A field as text, whether XML or JSON brought it; empty for none and for what is nested."""
    value = payload.get(name)
    return str(value) if isinstance(value, (str, int, float)) else ""


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)
