"""What a push says, within what push services carry."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from config.errors import InvalidInputError
from messaging.channels.base import Content
from messaging.markup import one_line

OPTIONS = frozenset({"url", "data", "urgency", "topic"})
URGENCIES = ("very-low", "low", "normal", "high")
# 4096 bytes of an encrypted record, less its header, padding mark and tag (RFC 8291 §4).
PLAIN_BYTES = 3993
TITLE_LENGTH, URL_LENGTH = 200, 1000
_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")


def compose(content: Content) -> dict[str, Any]:
    """`{"title", "body", "url"?, "data"?, "urgency"?, "topic"?}`; raises `InvalidInputError`."""
    options = content.options
    title = one_line(content.subject)[:TITLE_LENGTH]
    if not title:
        raise InvalidInputError("推送需要标题", attr="subject")
    payload: dict[str, Any] = {"title": title, "body": content.body}
    if url := options.get("url"):
        payload["url"] = _url(url)
    if data := options.get("data"):
        if not isinstance(data, Mapping):
            raise InvalidInputError("必须是一个 JSON 对象", attr="options.data")
        payload["data"] = dict(data)
    if urgency := options.get("urgency"):
        if urgency not in URGENCIES:
            raise InvalidInputError(f"只能是 {'、'.join(URGENCIES)}", attr="options.urgency")
        payload["urgency"] = urgency
    if topic := options.get("topic"):
        if not isinstance(topic, str) or not _TOPIC.fullmatch(topic):
            raise InvalidInputError("只能是 1 到 32 个字母、数字、_ 或 -", attr="options.topic")
        payload["topic"] = topic
    if len(plain(payload)) > PLAIN_BYTES:
        raise InvalidInputError(
            f"推送内容过长：不能超过 {PLAIN_BYTES} 字节", code="too_long", attr="body"
        )
    return payload


def plain(payload: Mapping[str, Any]) -> bytes:
    """The JSON that the app's service worker gets."""
    seen = {name: payload[name] for name in ("title", "body", "url", "data") if name in payload}
    return json.dumps(seen, ensure_ascii=False, separators=(",", ":")).encode()


def check_options(options: Mapping[str, Any]) -> None:
    unknown = sorted(options.keys() - OPTIONS)
    if unknown:
        raise InvalidInputError("没有这个渠道选项", attr=f"options.{unknown[0]}")


def without_blanks(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options whose text is known already: one with a `{{blank}}` is checked once it is filled."""
    return {
        name: value
        for name, value in options.items()
        if not (isinstance(value, str) and "{{" in value)
    }


def _url(given: Any) -> str:
    url = given if isinstance(given, str) else ""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    is_web = parts.scheme in ("http", "https") and parts.hostname and url.isprintable()
    if not is_web or " " in url or len(url) > URL_LENGTH:
        raise InvalidInputError("必须是 http(s) 地址", attr="options.url")
    return url
