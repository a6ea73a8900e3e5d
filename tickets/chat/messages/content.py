"""What may be said: words, cards and choices, checked and put into the form they are kept in."""

import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from config.errors import InvalidInputError
from customers.actors import Actor
from tickets.models import Chat, ChatMessageType
from tickets.visibility import tickets_visible_to

CONTENT_LENGTH = 5000
TITLE_LENGTH, DESCRIPTION_LENGTH, URL_LENGTH = 100, 500, 1000
MOST_OPTIONS, OPTION_LENGTH = 10, 50
CLIENT_ID_LENGTH, EXTERNAL_ID_LENGTH = 64, 128
_CARD_FIELDS = frozenset({"title", "description", "url", "ticket_id"})


def words(content: str, *, is_needed: bool = True) -> str:
    """Trimmed; lines and tabs are kept, other control characters refused.

    Raises `InvalidInputError` with attr `content`: empty where words are needed, longer than 5,000
    characters, or nothing a person could have typed.
    """
    return _text(
        content, "content", "内容", CONTENT_LENGTH, is_needed=is_needed, may_have_lines=True
    )


def client_name(value: str, attr: str, length: int) -> str:
    """A client's or platform's own name of a message, as it was given; empty for none."""
    if len(value) > length or not _is_plain(value, may_have_lines=False):
        raise InvalidInputError(f"不能超过 {length} 个字符，不能含控制字符", attr=attr)
    return value


def known_type(given: str) -> ChatMessageType:
    """Raises `InvalidInputError` with attr `type`."""
    try:
        return ChatMessageType(given)
    except ValueError:
        raise InvalidInputError("没有这种消息类型", code="invalid_choice", attr="type") from None


def card(data: Mapping[str, Any], chat: Chat, actor: Actor) -> dict[str, Any]:
    """`{title, description, url?, ticket_id?}`. A ticket must be the customer's, and seen by the actor.

    Raises `InvalidInputError` with attr `data`.
    """
    _refuse_unknown(data, _CARD_FIELDS)
    made: dict[str, Any] = {
        "title": _text(data.get("title"), "data", "标题", TITLE_LENGTH),
        "description": _text(
            data.get("description", ""),
            "data",
            "说明",
            DESCRIPTION_LENGTH,
            is_needed=False,
            may_have_lines=True,
        ),
    }
    if data.get("url") not in (None, ""):
        made["url"] = _url(data["url"])
    if data.get("ticket_id") is not None:
        made["ticket_id"] = _ticket(data["ticket_id"], chat, actor)
    return made


def options(data: Mapping[str, Any]) -> dict[str, Any]:
    """`{options: [1–10 different strings]}`. Raises `InvalidInputError` with attr `data`."""
    _refuse_unknown(data, frozenset({"options"}))
    given = data.get("options")
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_OPTIONS:
        raise InvalidInputError(f"options 必须是 1 到 {MOST_OPTIONS} 个选项", attr="data")
    texts = [_text(one, "data", "选项", OPTION_LENGTH) for one in given]
    if len(set(texts)) < len(texts):
        raise InvalidInputError("选项不能重复", attr="data")
    return {"options": texts}


def _text(
    value: object,
    attr: str,
    label: str,
    length: int,
    *,
    is_needed: bool = True,
    may_have_lines: bool = False,
) -> str:
    if not isinstance(value, str):
        raise InvalidInputError(f"{label}必须是文字", attr=attr)
    text = value.replace("\r\n", "\n").strip()
    if len(text) > length or (is_needed and not text):
        least = 1 if is_needed else 0
        raise InvalidInputError(f"{label}必须是 {least} 到 {length} 个字", attr=attr)
    if not _is_plain(text, may_have_lines=may_have_lines):
        raise InvalidInputError(f"{label}含有控制字符", code="control_character", attr=attr)
    return text


def _is_plain(text: str, *, may_have_lines: bool) -> bool:
    kept = "\n\t" if may_have_lines else ""
    return not any(unicodedata.category(c) in ("Cc", "Cs") and c not in kept for c in text)


def _refuse_unknown(data: Mapping[str, Any], known: frozenset[str]) -> None:
    if not isinstance(data, Mapping):
        raise InvalidInputError("必须是一个对象", attr="data")
    if unknown := sorted(set(data) - known):
        raise InvalidInputError(f"没有 {unknown[0][:30]} 这一项", attr="data")


def _url(value: object) -> str:
    """Only what a browser opens as a page: no script, no file."""
    url = _text(value, "data", "链接", URL_LENGTH)
    try:
        parts = urlsplit(url)
        is_page = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_page = False
    if not is_page or any(c.isspace() for c in url):
        raise InvalidInputError("链接必须以 http:// 或 https:// 开头", attr="data")
    return url


def _ticket(value: object, chat: Chat, actor: Actor) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**63:
        raise InvalidInputError("ticket_id 必须是工单号", attr="data")
    known = tickets_visible_to(actor).filter(pk=value, customer=chat.customer_id)
    if not known.exists():
        raise InvalidInputError(f"找不到这位客户的工单 #{value}", attr="data")
    return value
