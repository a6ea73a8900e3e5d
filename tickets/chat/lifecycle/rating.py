"""What a customer says of a chat, and who is told of a low word."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from config.errors import ConflictError, InvalidInputError, NotAllowedError
from config.runtime import store
from customers.actors import Actor
from messaging.markup import as_text
from messaging.staff_alerts.registry import Alert
from tickets.chat import trail
from tickets.chat.lifecycle.ending import is_rateable
from tickets.models import Chat, ChatEventKind
from tickets.queries.supervisors import supervisors_of_colleague

COMMENT_LENGTH = 500
LOW = "chat.low_rating_score"
# After the end one may still rate for the first; what was said may be changed for the second.
RATEABLE, CHANGEABLE = timedelta(days=7), timedelta(hours=24)


@transaction.atomic
def chat_rate(*, chat_id: int, actor: Actor, score: int, comment: str = "") -> Chat:
    """The customer's one rating of a chat, 1–5; given again within 24 hours it is changed.

    Of a chat that somebody answered in, while it goes on and for seven days after its end. Raises
    `NotFoundError`, `NotAllowedError` for anybody but the customer, `InvalidInputError`,
    `ConflictError`: `not_rateable`, `rating_final`.
    """
    if actor.is_team or actor.customer_id is None:
        raise NotAllowedError("只有客户本人可以评价")
    comment = comment.strip()
    _check(score, comment)
    chat = trail.lock_chat(chat_id, actor)
    if (chat.rating_score, chat.rating_comment) == (score, comment):
        return chat
    _require_time(chat)
    before = "" if chat.rating_score is None else str(chat.rating_score)
    chat.rating_score, chat.rating_comment = score, comment
    chat.rated_at = chat.rated_at or timezone.now()
    trail.save(chat)
    trail.record(chat, actor, ChatEventKind.RATED, from_value=before, to_value=str(score))
    trail.tell(chat, "chat.updated")
    return chat


def low_rating_alert(data: dict[str, Any]) -> Iterator[Alert]:
    """Whoever answers for the agent hears of a low rating, the agent too."""
    chat = Chat.objects.filter(pk=data["chat_id"]).select_related("customer", "agent").first()
    if chat is None or chat.rating_score is None or chat.rating_score > store.get_int(LOW):
        return
    lines = [
        f"⭐ **在线会话低分评价：{chat.rating_score} 分**（请联系客户了解情况）",
        f"会话：{chat.pk}",
        f"客户：{as_text(chat.customer.name)}",
        f"客服：{as_text(chat.agent.display_name) if chat.agent else '无'}",
        *([f"> {as_text(chat.rating_comment)}"] if chat.rating_comment else []),
        f"[查看会话]({settings.APP_DOMAIN}/console/?chat={chat.pk})",
    ]
    people = [chat.agent, *supervisors_of_colleague(chat.agent_id)]
    for user in {person.pk: person for person in people if person is not None}.values():
        key = f"chat:{chat.pk}:rated:{chat.rating_score}:{user.pk}"
        yield Alert(user, "\n".join(lines), key)


def _check(score: int, comment: str) -> None:
    if isinstance(score, bool) or not 1 <= score <= 5:
        raise InvalidInputError("评分必须是 1 到 5", attr="score")
    if len(comment) > COMMENT_LENGTH or "\x00" in comment:
        raise InvalidInputError(f"评价不能超过 {COMMENT_LENGTH} 个字", attr="comment")


def _require_time(chat: Chat) -> None:
    now = timezone.now()
    if not is_rateable(chat):
        raise ConflictError(
            f"会话 {chat.pk} 还没有客服回复，不能评价（当前状态为{chat.get_status_display()}）",
            code="not_rateable",
            attr="status",
            extra={"status": chat.status},
        )
    is_over = chat.ended_at is not None and chat.ended_at + RATEABLE < now
    is_settled = chat.rated_at is not None and chat.rated_at + CHANGEABLE < now
    if is_over or is_settled:
        raise ConflictError("评价时间已过，不能再评价或修改", code="rating_final", attr="score")
