"""Holding a chat, saving it, and what every change leaves behind: an event, and frames to tell.

Locks are taken in one order everywhere: the chat's row, then agents' rows by their keys, then the
order locks of events.
"""

from typing import Any

from django.db import connection, transaction

from config.errors import ConflictError, NotAllowedError, NotFoundError
from config.events.publish import publish
from config.logs import get_logger
from customers.actions.history import order_key
from customers.actors import Actor
from tickets.chat import clock
from tickets.chat.live import signal
from tickets.chat.visibility import chats_visible_to
from tickets.models import Chat, ChatEvent, ChatEventKind, ChatFeedEntry, ChatMessage, ChatStatus

logger = get_logger(__name__)


def lock_chat(chat_id: int, actor: Actor) -> Chat:
    """The chat, held until the transaction ends, with its customer and agent.

    Raises `NotFoundError` when it is not there or not for this actor.
    """
    visible = chats_visible_to(actor).filter(pk=chat_id)
    if connection.vendor == "postgresql":
        visible = visible.select_for_update(of=("self",), no_key=True)
    chat = visible.select_related("customer", "agent", "group").first()
    if chat is None:
        raise NotFoundError(f"找不到会话 {chat_id}")
    # PostgreSQL reads a row anew when it waited for it, but not what it was joined with.
    if chat.agent_id is not None and chat.agent is None:
        Chat.agent.field.delete_cached_value(chat)
    if chat.group_id is not None and chat.group is None:
        Chat.group.field.delete_cached_value(chat)
    return chat


def require_team(actor: Actor) -> None:
    if not actor.is_team:
        raise NotAllowedError("只有客服可以这样做")


def require_open(chat: Chat) -> None:
    """Raises `ConflictError` naming the state of a chat that has ended."""
    if not chat.is_open:
        raise refuse(chat, "会话已结束")


def require_active(chat: Chat) -> None:
    """Raises `ConflictError` naming the state of a chat that nobody has in hand."""
    if chat.status != ChatStatus.ACTIVE:
        raise refuse(chat, "会话没有在进行")


def refuse(chat: Chat, why: str) -> ConflictError:
    return ConflictError(
        f"{why}：会话 {chat.pk} 当前状态为{chat.get_status_display()}（{chat.status}）",
        code="illegal_state",
        attr="status",
        extra={"status": chat.status},
    )


def save(chat: Chat) -> None:
    """The chat with its next version, and when to look at it again."""
    clock.schedule(chat)
    chat.version += 1
    chat.save()


def record(
    chat: Chat,
    actor: Actor,
    kind: ChatEventKind,
    *,
    from_value: str = "",
    to_value: str = "",
    note: str = "",
) -> ChatEvent:
    """Writes down a change of state and announces it as `chat.<kind>`; the caller saves the chat."""
    event = ChatEvent.objects.create(
        chat=chat,
        kind=kind,
        from_value=from_value[:200],
        to_value=to_value[:200],
        note=note[:500],
        actor=actor.user,
        actor_name=actor.name,
        door=actor.entry,
    )
    publish(
        f"chat.{kind}",
        {
            "chat_id": chat.pk,
            "kind": kind.value,
            "customer_id": chat.customer_id,
            "agent_id": chat.agent_id,
            "status": chat.status,
            "entry": chat.entry,
        },
        key=order_key(chat.customer_id),
    )
    logger.info(
        "chat_state",
        chat_id=chat.pk,
        kind=kind.value,
        status=chat.status,
        agent_id=chat.agent_id,
        customer_id=chat.customer_id,
        user_id=actor.user.pk if actor.user else None,
        door=actor.entry.value,
    )
    return event


def tell(
    chat: Chat,
    kind: str,
    *,
    message: ChatMessage | None = None,
    is_internal: bool = False,
    **data: Any,
) -> None:
    """A frame for whoever follows the chat, numbered after the commit; `kind` is its `type`."""
    ChatFeedEntry.objects.create(
        chat=chat, kind=kind, message=message, is_internal=is_internal, data=data
    )
    transaction.on_commit(signal.wake)
