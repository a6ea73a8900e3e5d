"""Two callback formats, one meaning: somebody wrote something somewhere."""

from dataclasses import dataclass, replace
from typing import Any

from customers.actors import Entry
from wechat.models import Callback, CallbackSource


@dataclass(frozen=True)
class Inbound:
    """A text that a member of the corporation wrote to us.

    `chat_id` is empty outside groups; `response_url` takes one answer, if there is one.
    """

    user_id: str
    text: str
    entry: Entry
    chat_id: str = ""
    quoted: str = ""
    response_url: str = ""
    # The stored callback: what it leads to is done once.
    source_id: str = ""


# The platform's news, all of them from `sys`, and what each is about: that keeps its order.
_SUBJECTS = {
    "change_external_contact": "ExternalUserID",
    "change_external_chat": "ChatId",
    "change_external_tag": "TagType",
    "change_contact": "UserID",
    "kf_msg_or_event": "OpenKfId",
}


def event_of(source: CallbackSource, payload: dict[str, Any]) -> str:
    """Which event it is, as `change_external_chat.update`; empty for what somebody said."""
    speaks_of_events = source in (CallbackSource.WECOM_APP, CallbackSource.OFFICIAL)
    if not speaks_of_events or payload.get("MsgType") != "event":
        return ""
    parts = [str(payload.get(name) or "") for name in ("Event", "ChangeType")]
    return ".".join(part for part in parts if part)[:64]


def conversation_of(source: CallbackSource, payload: dict[str, Any]) -> str:
    """Where it was said: the chat, else the member; for news of the platform, what it is about."""
    if source == CallbackSource.WECOM_APP:
        subject = _SUBJECTS.get(str(payload.get("Event") or ""))
        if subject is not None:
            return f"{subject}:{payload.get(subject) or ''}"[:64]
        return str(payload.get("FromUserName") or "")[:64]
    if source == CallbackSource.OFFICIAL:
        # What became of a template message waits for nothing that its reader says.
        is_receipt = payload.get("Event") == "TEMPLATESENDJOBFINISH"
        return "" if is_receipt else str(payload.get("FromUserName") or "")[:64]
    return str(payload.get("chatid") or _dict(payload.get("from")).get("userid") or "")[:64]


def inbound_of(callback: Callback) -> Inbound | None:
    """What was written; None for events and for what holds no text."""
    from_app = callback.source == CallbackSource.WECOM_APP
    read = _from_app if from_app else _from_aibot
    found = read(callback.payload)
    return replace(found, source_id=f"callback:{callback.pk}") if found is not None else None


def _from_app(payload: dict[str, Any]) -> Inbound | None:
    if payload.get("MsgType") != "text":
        return None
    return Inbound(
        user_id=str(payload.get("FromUserName") or ""),
        text=str(payload.get("Content") or ""),
        entry=Entry.WECOM_APP,
    )


def _from_aibot(payload: dict[str, Any]) -> Inbound | None:
    text = _text_of(payload)
    if text is None:
        return None
    in_group = payload.get("chattype") == "group"
    return Inbound(
        user_id=str(_dict(payload.get("from")).get("userid") or ""),
        text=text,
        entry=Entry.WECOM_GROUP if in_group else Entry.WECOM_APP,
        chat_id=str(payload.get("chatid") or "")[:64] if in_group else "",
        quoted=_text_of(_dict(payload.get("quote"))) or "",
        response_url=str(payload.get("response_url") or ""),
    )


def _text_of(part: dict[str, Any]) -> str | None:
    """The words of a text, a recognised voice, or of the text parts of a mixed message."""
    kind = part.get("msgtype")
    if kind in ("text", "voice", "markdown"):
        return str(_dict(part.get(kind)).get("content") or "")
    if kind == "mixed":
        items = _dict(part.get("mixed")).get("msg_item")
        texts = [_text_of(_dict(item)) for item in (items if isinstance(items, list) else [])]
        return "\n".join(text for text in texts if text) or None
    return None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
