"""Checking message bodies as the platform does (wechat-protocol.md §§4.2, 4.4)."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from wechat.simulator.answers import PlatformError
from wechat.simulator.models import Media

TEXT_BYTES = 2048
MEDIA_DAYS = 3


def content_of(body: dict[str, Any], allowed: set[str]) -> tuple[str, dict[str, Any]]:
    """`msgtype` and its part; raises 40008, 40035 or 44004."""
    kind = body.get("msgtype")
    if not isinstance(kind, str) or kind not in allowed:
        raise PlatformError(40008, "invalid message type")
    part = body.get(kind)
    if not isinstance(part, dict) or not part:
        raise PlatformError(44004, "empty content")
    _CHECKS[kind](part)
    return kind, part


def cut(text: str, limit: int) -> str:
    """What the platform does with over-long app messages: cut off at the byte."""
    return text.encode()[:limit].decode(errors="ignore")


def limit_bytes(text: str, limit: int) -> None:
    if len(text.encode()) > limit:
        raise PlatformError(40058, f"content exceeds {limit} bytes")


def _words(part: dict[str, Any]) -> None:
    if not isinstance(part.get("content"), str):
        raise PlatformError(40058, "content must be a string")
    if not part["content"]:
        raise PlatformError(44004, "empty content")


def _media(part: dict[str, Any]) -> None:
    if not isinstance(part.get("media_id"), str):
        raise PlatformError(40058, "media_id missing")
    lives = timezone.now() - timedelta(days=MEDIA_DAYS)
    if not Media.objects.filter(media_id=part["media_id"], created_at__gt=lives).exists():
        raise PlatformError(40007, "invalid media_id")


def _image(part: dict[str, Any]) -> None:
    if not ({"base64", "md5"} <= set(part) or "media_id" in part):
        raise PlatformError(40058, "image needs base64 and md5, or media_id")


def _news(part: dict[str, Any]) -> None:
    articles = part.get("articles")
    if not isinstance(articles, list) or not 1 <= len(articles) <= 8:
        raise PlatformError(40058, "news needs 1 to 8 articles")


def _textcard(part: dict[str, Any]) -> None:
    if not all(isinstance(part.get(name), str) for name in ("title", "description", "url")):
        raise PlatformError(40058, "textcard needs title, description and url")
    if len(part["title"]) > 128 or len(part["description"]) > 512:
        raise PlatformError(40058, "textcard too long")


def _card(part: dict[str, Any]) -> None:
    if not isinstance(part.get("card_type"), str):
        raise PlatformError(40058, "card_type missing")
    if part["card_type"] in ("text_notice", "news_notice") and "card_action" not in part:
        raise PlatformError(40058, "card_action missing")


_CHECKS = {
    "text": _words,
    "markdown": _words,
    "markdown_v2": _words,
    "image": _image,
    "file": _media,
    "voice": _media,
    "news": _news,
    "textcard": _textcard,
    "template_card": _card,
}
