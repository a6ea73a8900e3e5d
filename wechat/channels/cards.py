"""Template cards: the platform's JSON as the template gives it, or one made of subject and body."""

import re
from collections.abc import Mapping
from typing import Any

from config.errors import InvalidInputError
from messaging.channels.base import Content
from messaging.markup import cut_utf8

NOTICE_CARDS = frozenset({"text_notice", "news_notice"})
TASK_CARDS = frozenset({"button_interaction", "vote_interaction", "multiple_interaction"})
# wechat-protocol.md §4.2.
_MOST = {"horizontal_content_list": 6, "jump_list": 3, "button_list": 6, "select_list": 3}
_TASK_ID = re.compile(r"[0-9A-Za-z_@-]{1,128}")
SUB_TITLE_BYTES = 1024


def compose(content: Content) -> dict[str, Any]:
    """The card, its blanks filled in. Raises `InvalidInputError` for a malformed `task_id`."""
    card = content.options.get("card")
    if card is None:
        return {
            "card_type": "text_notice",
            "main_title": {"title": content.subject},
            "sub_title_text": cut_utf8(content.body, SUB_TITLE_BYTES),
            "card_action": {"type": 1, "url": content.options.get("url", "")},
        }
    task_id = card.get("task_id")
    if task_id is not None and not _TASK_ID.fullmatch(str(task_id)):
        raise InvalidInputError(
            "task_id 只能是 1–128 位的字母、数字和 _-@", attr="options.card.task_id"
        )
    return dict(card)


def check(options: Mapping[str, Any], kinds: frozenset[str]) -> None:
    """Raises `InvalidInputError` naming the part of `options.card` that the platform would refuse."""
    card = options.get("card")
    if card is None:
        if not isinstance(options.get("url"), str) or not options["url"]:
            raise InvalidInputError("卡片需要 card，或点击后打开的 url", attr="options.url")
        return
    if not isinstance(card, dict):
        raise InvalidInputError("必须是对象", attr="options.card")
    kind = card.get("card_type")
    if kind not in kinds:
        allowed = "、".join(sorted(kinds))
        raise InvalidInputError(f"必须是其中之一：{allowed}", attr="options.card.card_type")
    title = card.get("main_title")
    if not (isinstance(title, dict) and title.get("title")) and not card.get("sub_title_text"):
        raise InvalidInputError(
            "main_title.title 与 sub_title_text 至少填一项", attr="options.card.main_title"
        )
    if kind in NOTICE_CARDS and not isinstance(card.get("card_action"), dict):
        raise InvalidInputError("通知卡片需要 card_action", attr="options.card.card_action")
    if kind == "button_interaction" and not card.get("button_list"):
        raise InvalidInputError("按钮卡片需要 button_list", attr="options.card.button_list")
    for name, most in _MOST.items():
        rows = card.get(name, [])
        if not isinstance(rows, list) or len(rows) > most:
            raise InvalidInputError(f"最多 {most} 项", attr=f"options.card.{name}")


def with_task_id(card: Mapping[str, Any], message_id: str) -> dict[str, Any]:
    """Cards that are answered or changed need a `task_id`, unique in the app: the message's own."""
    if card.get("task_id") or (card.get("card_type") in NOTICE_CARDS and "action_menu" not in card):
        return dict(card)
    return {**card, "task_id": message_id}
