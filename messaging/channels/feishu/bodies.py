"""Feishu's message bodies, within 20 KB of the whole request (wechat-protocol.md §7.2).

Markdown becomes a `post`, not a card with a markdown element: a post is data through and through,
its links and mentions are tags of their own, so no value can turn into markup, and its shape is
documented for webhooks. Who wants a richer look writes the card (`options.card`).
"""

import json
import re
from collections.abc import Callable
from typing import Any

from config.errors import InvalidInputError
from messaging.channels.base import Content
from messaging.markup import cut_utf8
from messaging.models import BodyFormat

REQUEST_BYTES = 20 * 1024
SUBJECT_BYTES = 1000
# `"timestamp":"…","sign":"…"`, put in when the request is made.
SIGNATURE_BYTES = 128

_PART = re.compile(
    r"\[(?P<text>[^\[\]\n]{1,500})\]\((?P<href>https?://[^\s()]{1,2000})\)"
    r"|<at user_id=\"(?P<user>[A-Za-z0-9_-]{1,64})\">[^<>\n]{0,100}</at>"
)
_EMPHASIS = re.compile(r"\*\*|`")
_LINE_MARK = re.compile(r"^\s{0,3}(?:#{1,6}\s+|>\s?)")
_AT = re.compile(r"<(?=/?at\b)", re.IGNORECASE)


def compose(content: Content) -> dict[str, Any]:
    """The request without its signature; a text that is too long is cut, a card is refused."""
    if content.body_format == BodyFormat.CARD:
        card = {"msg_type": "interactive", "card": card_of(content)}
        if size_of(card) > REQUEST_BYTES - SIGNATURE_BYTES:
            raise InvalidInputError("卡片超过飞书的 20 KB", attr="options.card")
        return card
    if not content.body.strip():
        raise InvalidInputError("正文不能为空", attr="body")
    make = _post if content.body_format == BodyFormat.MARKDOWN else _text
    subject = cut_utf8(content.subject, SUBJECT_BYTES)
    return _fitting(lambda body: make(subject, body), content.body)


def card_of(content: Content) -> dict[str, Any]:
    card = content.options.get("card")
    known = ("elements", "i18n_elements", "body", "data")
    if not isinstance(card, dict) or not any(card.get(name) for name in known):
        raise InvalidInputError("需要飞书卡片的 JSON（含 elements）", attr="options.card")
    return card


def size_of(request: dict[str, Any]) -> int:
    return len(encoded(request))


def encoded(request: dict[str, Any]) -> bytes:
    return json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode()


def _text(subject: str, body: str) -> dict[str, Any]:
    """Plain text mentions nobody: here nothing tells the template's words from a value's."""
    words = f"{subject}\n{body}" if subject else body
    return {"msg_type": "text", "content": {"text": _AT.sub("＜", words)}}


def _post(subject: str, body: str) -> dict[str, Any]:
    lines = [_parts_of(line) for line in body.splitlines()]
    return {
        "msg_type": "post",
        "content": {"post": {"zh_cn": {"title": subject, "content": lines}}},
    }


def _parts_of(line: str) -> list[dict[str, str]]:
    """A line's tags in their order; an empty line stays one."""
    line = _LINE_MARK.sub("", line)
    parts: list[dict[str, str]] = []
    end = 0
    for found in _PART.finditer(line):
        parts += _words(line[end : found.start()])
        if found["user"]:
            parts.append({"tag": "at", "user_id": found["user"]})
        else:
            parts.append({"tag": "a", "text": found["text"], "href": found["href"]})
        end = found.end()
    return [*parts, *_words(line[end:])] or [{"tag": "text", "text": ""}]


def _words(text: str) -> list[dict[str, str]]:
    plain = _EMPHASIS.sub("", text)
    return [{"tag": "text", "text": plain}] if plain else []


def _fitting(make: Callable[[str], dict[str, Any]], body: str) -> dict[str, Any]:
    """The request with as much of `body` as fits, found by halving: JSON escapes some characters."""
    request = make(body)
    room = REQUEST_BYTES - SIGNATURE_BYTES
    if size_of(request) <= room:
        return request
    fits, too_long = 0, min(len(body.encode()), REQUEST_BYTES)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if size_of(make(cut_utf8(body, middle))) <= room:
            fits = middle
        else:
            too_long = middle
    return make(cut_utf8(body, fits))
