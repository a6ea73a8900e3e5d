"""What a template says to a follower: up to two of the platform's three kinds of message (§4.7).

`options`: `template_id` with `template_data` (and `url`, `miniprogram`), or `subscribe_template_id`
with `subscribe_data` (and `page`, `miniprogram`); `…_data` is `{key: text}`.
"""

import re
from collections.abc import Mapping
from typing import Any

from config.errors import InvalidInputError
from messaging.channels.base import Content
from messaging.markup import cut_utf8
from messaging.rendering import parse
from wechat.channels.official import field_rules

TEXT_BYTES = 2048
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")


def compose(content: Content, *, is_filled: bool) -> dict[str, Any]:
    """The parts `custom`, `template`, `subscribe`, each without its recipient.

    `is_filled` is False for a template as written: what has blanks cannot be measured yet.
    Raises `InvalidInputError` naming `body` or `options.…`.
    """
    options = content.options
    parts: dict[str, Any] = {}
    if content.body.strip():
        text = f"{content.subject}\n{content.body}" if content.subject else content.body
        parts["custom"] = {"msgtype": "text", "text": {"content": cut_utf8(text, TEXT_BYTES)}}
    if options.get("template_id"):
        parts["template"] = {
            "template_id": _text(options, "template_id", 64),
            "data": _data(options, "template_data"),
            **_link(options, "url"),
        }
    if options.get("subscribe_template_id"):
        if "template" in parts:
            raise InvalidInputError(
                "模板消息与订阅通知只能选一种", attr="options.subscribe_template_id"
            )
        data = _data(options, "subscribe_data")
        for key, field in data.items():
            if is_filled or not parse(field["value"]).names:
                field_rules.check(key, field["value"])
        parts["subscribe"] = {
            "template_id": _text(options, "subscribe_template_id", 64),
            "data": data,
            **_link(options, "page"),
        }
    if not parts:
        raise InvalidInputError("需要正文，或 options.template_id", attr="body")
    return parts


def has_template(options: Mapping[str, Any]) -> bool:
    return bool(options.get("template_id") or options.get("subscribe_template_id"))


def _text(options: Mapping[str, Any], name: str, most: int) -> str:
    value = options.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise InvalidInputError(f"必须是 1 到 {most} 个字符的文字", attr=f"options.{name}")
    return value


def _data(options: Mapping[str, Any], name: str) -> dict[str, dict[str, str]]:
    """`{key: text}` as the platform's `{key: {"value": text}}`."""
    given = options.get(name)
    if not isinstance(given, Mapping) or not given:
        raise InvalidInputError("必须是 {字段: 内容}，至少一项", attr=f"options.{name}")
    for key, value in given.items():
        if not _KEY.fullmatch(str(key)) or not isinstance(value, str):
            raise InvalidInputError(
                f"字段「{str(key)[:32]}」的名称或内容不对", attr=f"options.{name}.{str(key)[:32]}"
            )
    return {key: {"value": value} for key, value in given.items()}


def _link(options: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Where a tap leads: the address `name`, and a mini programme."""
    link: dict[str, Any] = {name: _text(options, name, 1024)} if options.get(name) else {}
    mini = options.get("miniprogram")
    if mini is None:
        return link
    if not isinstance(mini, Mapping) or not all(
        isinstance(mini.get(key), str) and mini[key] for key in ("appid", "pagepath")
    ):
        raise InvalidInputError("必须含 appid 与 pagepath", attr="options.miniprogram")
    return {**link, "miniprogram": {key: mini[key] for key in ("appid", "pagepath")}}
