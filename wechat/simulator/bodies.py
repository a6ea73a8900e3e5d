"""Checking message bodies as the platform does (wechat-protocol.md §§4.2, 4.4)."""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from wechat.simulator.answers import PlatformError
from wechat.simulator.models import Media

TEXT_BYTES = 2048
MEDIA_DAYS = 3
IMAGE_BYTES = 2 * 1024 * 1024
NOTICE_CARDS = {"text_notice", "news_notice"}
TASK_CARDS = {"button_interaction", "vote_interaction", "multiple_interaction"}
_TASK_ID = re.compile(r"[0-9A-Za-z_@-]{1,128}")


def content_of(
    body: dict[str, Any], allowed: set[str], *, owner: str
) -> tuple[str, dict[str, Any]]:
    """`msgtype` and its part; raises 40007, 40008, 40058 or 44004.

    `owner` ("app" or "robot") is whose uploaded files the message may name.
    """
    kind = body.get("msgtype")
    if not isinstance(kind, str) or kind not in allowed:
        raise PlatformError(40008, "invalid message type")
    part = body.get(kind)
    if part is None or part == {}:
        raise PlatformError(44004, "empty content")
    if not isinstance(part, dict):
        raise PlatformError(40058, f"{kind} must be an object")
    if kind in ("file", "voice") or (kind == "image" and owner == "app"):
        _media(part, owner)
    else:
        _CHECKS[kind](part)
    return kind, part


def cut(text: str, limit: int) -> str:
    """What the platform does with over-long app messages: cut off at the byte."""
    return text.encode()[:limit].decode(errors="ignore")


def limit_bytes(text: str, limit: int) -> None:
    """Raises 40058 beyond `limit` bytes of UTF-8."""
    if len(text.encode()) > limit:
        raise PlatformError(40058, f"content exceeds {limit} bytes")


def text_of(payload: dict[str, Any]) -> str:
    """The words of a message, for quotes and for the list of chats."""
    kind = str(payload.get("msgtype", ""))
    part = payload.get(kind, {})
    if kind == "template_card":
        title = part.get("main_title") or {}
        lines = [title.get("title"), title.get("desc"), part.get("sub_title_text")]
        return "\n".join(str(line) for line in lines if line) or "[卡片]"
    if kind == "textcard":
        return str(part.get("title", ""))
    names = {"image": "[图片]", "file": "[文件]", "voice": "[语音]", "news": "[图文]"}
    return names.get(kind) or str(part.get("content", ""))


def _words(part: dict[str, Any]) -> None:
    content = part.get("content")
    if content is None or content == "":
        raise PlatformError(44004, "empty content")
    if not isinstance(content, str):
        raise PlatformError(40058, "content must be a string")


def _media(part: dict[str, Any], owner: str) -> None:
    if not isinstance(part.get("media_id"), str):
        raise PlatformError(40058, "media_id missing")
    lives = timezone.now() - timedelta(days=MEDIA_DAYS)
    known = Media.objects.filter(media_id=part["media_id"], created_at__gt=lives).first()
    # What a robot's webhook uploaded is good for that robot alone (§4.4).
    if known is None or (known.owner == "robot" and owner != "robot"):
        raise PlatformError(40007, "invalid media_id")


def _robot_image(part: dict[str, Any]) -> None:
    try:
        raw = base64.b64decode(str(part.get("base64", "")), validate=True)
    except binascii.Error:
        raise PlatformError(40058, "image base64 is invalid") from None
    digest = hashlib.md5(raw).hexdigest()  # noqa: S324 - the platform's choice
    if not 0 < len(raw) <= IMAGE_BYTES or digest != str(part.get("md5", "")).lower():
        raise PlatformError(40058, "image is empty, too large, or its md5 is wrong")


def _news(part: dict[str, Any]) -> None:
    articles = part.get("articles")
    if not isinstance(articles, list) or not 1 <= len(articles) <= 8:
        raise PlatformError(40058, "news needs 1 to 8 articles")
    for article in articles:
        if not isinstance(article, dict) or not article.get("title") or not article.get("url"):
            raise PlatformError(40058, "an article needs title and url")


def _textcard(part: dict[str, Any]) -> None:
    if not all(isinstance(part.get(name), str) for name in ("title", "description", "url")):
        raise PlatformError(40058, "textcard needs title, description and url")
    if len(part["title"]) > 128 or len(part["description"]) > 512:
        raise PlatformError(40058, "textcard too long")
    limit_bytes(part["url"], 2048)


def _card(part: dict[str, Any]) -> None:
    kind = part.get("card_type")
    if not isinstance(kind, str) or kind not in NOTICE_CARDS | TASK_CARDS:
        raise PlatformError(40058, "card_type unknown")
    title = part.get("main_title", {})
    if not isinstance(title, dict) or not (title.get("title") or part.get("sub_title_text")):
        raise PlatformError(40058, "main_title.title or sub_title_text missing")
    if kind in NOTICE_CARDS and not isinstance(part.get("card_action"), dict):
        raise PlatformError(40058, "card_action missing")
    task_id = part.get("task_id")
    if (task_id is not None or kind in TASK_CARDS) and not _TASK_ID.fullmatch(str(task_id or "")):
        raise PlatformError(40058, "task_id missing or malformed")
    for name, most in (("horizontal_content_list", 6), ("jump_list", 3), ("button_list", 6)):
        _rows(part, name, most)
    if kind == "button_interaction" and not part.get("button_list"):
        raise PlatformError(40058, "button_list missing")


def _rows(part: dict[str, Any], name: str, most: int) -> None:
    rows = part.get(name, [])
    if not isinstance(rows, list) or len(rows) > most:
        raise PlatformError(40058, f"{name} takes at most {most}")
    needed = {"button_list": ("text", "key"), "jump_list": ("title",)}.get(name, ("keyname",))
    for row in rows:
        if not isinstance(row, dict) or not all(isinstance(row.get(key), str) for key in needed):
            raise PlatformError(40058, f"{name} lacks {', '.join(needed)}")


_CHECKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "text": _words,
    "markdown": _words,
    "markdown_v2": _words,
    "image": _robot_image,
    "news": _news,
    "textcard": _textcard,
    "template_card": _card,
}
