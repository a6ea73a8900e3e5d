"""The platform's message bodies, within its lengths in bytes (wechat-protocol.md §§4.2, 4.4).

A template's options choose anything but words: `articles` (news), `card` (or `url`, for a card made
of subject and body), and what only one channel has.
"""

from collections.abc import Mapping
from typing import Any

from config.errors import InvalidInputError
from messaging.channels.base import Content
from messaging.markup import cut_utf8
from messaging.models import BodyFormat
from wechat.channels import cards

TEXT_BYTES = 2048
MAX_ARTICLES = 8


def compose(content: Content, *, markdown_bytes: int) -> dict[str, Any]:
    """`{"msgtype": …, …}`; the subject becomes the first line, or a card's title."""
    subject, body, options = content.subject, content.body, content.options
    if articles := options.get("articles"):
        return {"msgtype": "news", "news": {"articles": articles}}
    if content.body_format == BodyFormat.CARD:
        return {"msgtype": "template_card", "template_card": cards.compose(content)}
    if content.body_format == BodyFormat.MARKDOWN:
        kind = "markdown_v2" if options.get("markdown_version") == 2 else "markdown"
        text = f"**{subject}**\n{body}" if subject else body
        return {"msgtype": kind, kind: {"content": cut_utf8(text, markdown_bytes)}}
    text = f"{subject}\n{body}" if subject else body
    return {"msgtype": "text", "text": {"content": cut_utf8(text, TEXT_BYTES)}}


def check_options(options: Mapping[str, Any], known: frozenset[str]) -> None:
    """Raises `InvalidInputError` naming the option that the channel does not have, or a bad news."""
    for name in options:
        if name not in known:
            allowed = "、".join(sorted(known))
            raise InvalidInputError(f"没有这一项，可用：{allowed}", attr=f"options.{name}")
    if "articles" in options:
        _check_articles(options["articles"])
    if options.get("markdown_version", 1) not in (1, 2):
        raise InvalidInputError("必须是 1 或 2", attr="options.markdown_version")


def check_length(content: Content, most_bytes: int) -> None:
    """A template whose fixed words alone are too long could never be sent as written."""
    size = len(content.body.encode())
    if size > most_bytes:
        raise InvalidInputError(f"正文 {size} 字节，超过平台上限 {most_bytes} 字节", attr="body")


def strings_of(options: Mapping[str, Any], name: str, *, most: int) -> list[str]:
    """`options[name]` as a list of words; raises `InvalidInputError` naming it."""
    value = options.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidInputError("必须是字符串列表", attr=f"options.{name}")
    if len(value) > most:
        raise InvalidInputError(f"最多 {most} 项", attr=f"options.{name}")
    return value


def _check_articles(articles: Any) -> None:
    if not isinstance(articles, list) or not 1 <= len(articles) <= MAX_ARTICLES:
        raise InvalidInputError(f"需要 1 到 {MAX_ARTICLES} 篇图文", attr="options.articles")
    for place, article in enumerate(articles):
        for name in ("title", "url"):
            if not isinstance(article, dict) or not isinstance(article.get(name), str):
                raise InvalidInputError(
                    "每篇图文需要 title 和 url", attr=f"options.articles.{place}.{name}"
                )
