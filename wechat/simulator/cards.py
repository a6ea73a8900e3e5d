"""Template cards that the app changes afterwards (wechat-protocol.md §4.2)."""

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from wechat.simulator import bodies, members
from wechat.simulator.answers import PlatformError, ok, platform, platform_object
from wechat.simulator.models import CardCode, ChatMessage
from wechat.simulator.tokens import require_token

CODE_HOURS = 72


def issue_code(msgid: str, card: dict[str, Any]) -> str:
    """A `response_code` for a card that goes out; raises 40058 for a `task_id` used before."""
    task_id = card.get("task_id") or None
    if task_id and CardCode.objects.filter(task_id=task_id).exists():
        raise PlatformError(40058, "task_id must be unique")
    return CardCode.objects.create(
        code=secrets.token_urlsafe(16),
        msgid=msgid,
        task_id=task_id,
        expires_at=timezone.now() + timedelta(hours=CODE_HOURS),
    ).code


@platform("POST")
def update_template_card(request: HttpRequest) -> HttpResponse:
    """`POST message/update_template_card`: one use of each code, within 72 hours."""
    require_token(request)
    body = platform_object(request)
    if body.get("agentid") != settings.WECOM_AGENT_ID:
        raise PlatformError(301002, "not allow operate another agent")
    change = _change_of(body)
    users = _users_of(body)
    with transaction.atomic():
        codes = CardCode.objects.filter(code=str(body.get("response_code") or ""))
        if not codes.filter(used=False, expires_at__gt=timezone.now()).update(used=True):
            raise PlatformError(40078, "response_code invalid or used")
        chats = [f"app:{user}" for user in users if user in members.MEMBERS]
        shown = ChatMessage.objects.filter(msgid=codes.get().msgid, chat_id__in=chats)
        for message in shown.filter(kind="template_card"):
            message.change(
                content={
                    **message.content,
                    "template_card": {**message.content["template_card"], **change},
                }
            )
    return ok(invaliduser=[user for user in users if not members.is_member(user)])


def _change_of(body: dict[str, Any]) -> dict[str, Any]:
    """What becomes different: the buttons become one grey word, or the whole card is another."""
    button, card = body.get("button"), body.get("template_card")
    if isinstance(button, dict) and isinstance(button.get("replace_name"), str):
        return {"button_list": [], "replace_text": button["replace_name"]}
    if isinstance(card, dict):
        wrapped = {"msgtype": "template_card", "template_card": card}
        bodies.content_of(wrapped, {"template_card"}, owner="app")
        return {"button_list": [], "replace_text": "", **card}
    raise PlatformError(40058, "button.replace_name or template_card missing")


def _users_of(body: dict[str, Any]) -> list[str]:
    if body.get("atall") == 1:
        return list(members.MEMBERS)
    users = body.get("userids")
    if not isinstance(users, list) or not users or not all(isinstance(u, str) for u in users):
        raise PlatformError(40058, "userids missing")
    return users
