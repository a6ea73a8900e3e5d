"""How far messages have come: delivered, read; and how far each side has read."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from config.errors import NotFoundError
from customers.actors import Actor
from tickets.chat.entries import registry
from tickets.chat.messages.queries import messages_of
from tickets.chat.trail import lock_chat, tell
from tickets.models import RANK, Chat, ChatMessage, ChatMessageStatus, Sender, Visibility

# What a reader's word can move: what has left. Held and refused messages it cannot have seen.
_FROM = (ChatMessageStatus.SENDING, ChatMessageStatus.SENT, ChatMessageStatus.DELIVERED)
# Of one frame.
MOST_IDS = 200


@transaction.atomic
def messages_delivered(*, chat_id: int, actor: Actor, up_to: int) -> int:
    """The other side's messages up to that number have arrived here; returns how many moved.

    Only where the entry knows: a platform's customer is never said to have got something. Raises
    `NotFoundError`.
    """
    chat = lock_chat(chat_id, actor)
    if not _reads_for_its_side(chat, actor):
        return 0
    return _move(chat, _others(chat, actor, up_to), ChatMessageStatus.DELIVERED, timezone.now())


@transaction.atomic
def messages_read(*, chat_id: int, actor: Actor, up_to: int) -> int:
    """Everything up to that number has been read here; returns how many messages moved.

    For the team it is the chat's agent who reads: whoever looks in changes nothing. Raises
    `NotFoundError`.
    """
    chat = lock_chat(chat_id, actor)
    if not _reads_for_its_side(chat, actor):
        return 0
    moved = read_here(chat, actor, up_to, timezone.now())
    chat.save(update_fields=["agent_read_number", "customer_read_number", *_UNREAD])
    return moved


@transaction.atomic
def message_read(*, chat_id: int, message_id: int, actor: Actor) -> ChatMessage:
    """That one and all before it; returns it as it is now. Raises `NotFoundError`."""
    chat = lock_chat(chat_id, actor)
    message = messages_of(chat, actor).filter(pk=message_id).first()
    if message is None:
        raise NotFoundError(f"会话 {chat_id} 没有消息 {message_id}")
    if messages_read(chat_id=chat_id, actor=actor, up_to=message.number):
        message.refresh_from_db()
    return message


def read_here(chat: Chat, actor: Actor, up_to: int, now: datetime) -> int:
    """`messages_read` on a locked chat that the caller saves."""
    up_to = min(up_to, chat.last_number)
    if actor.is_team:
        chat.agent_read_number = max(chat.agent_read_number, up_to)
    else:
        chat.customer_read_number = max(chat.customer_read_number, up_to)
    count_unread(chat)
    return _move(chat, _others(chat, actor, up_to), ChatMessageStatus.READ, now)


def count_unread(chat: Chat) -> None:
    """Both sides' counts anew, from what each has read; the caller saves the chat."""
    said = ChatMessage.objects.filter(
        chat=chat, visibility=Visibility.PUBLIC, recalled_at__isnull=True
    )
    chat.unread_by_agent = said.filter(
        sender=Sender.CUSTOMER, number__gt=chat.agent_read_number
    ).count()
    chat.unread_by_customer = said.filter(
        sender=Sender.AGENT, number__gt=chat.customer_read_number
    ).count()


def _reads_for_its_side(chat: Chat, actor: Actor) -> bool:
    if actor.is_team:
        return actor.user is not None and chat.agent_id == actor.user.pk
    return chat.customer_id == actor.customer_id


def _others(chat: Chat, actor: Actor, up_to: int) -> QuerySet[ChatMessage]:
    """What the other side said to this one, through entries where reading is known."""
    said = ChatMessage.objects.filter(
        chat=chat,
        number__lte=min(up_to, chat.last_number),
        visibility=Visibility.PUBLIC,
        entry__in=_knowing(),
    )
    if actor.is_team:
        return said.filter(sender=Sender.CUSTOMER)
    return said.exclude(sender=Sender.CUSTOMER)


def _knowing() -> list[str]:
    return [code for code in registry.codes() if registry.get(code).knows_reading]


def _move(chat: Chat, said: QuerySet[ChatMessage], to: ChatMessageStatus, now: datetime) -> int:
    """Only upwards, by one statement that says so; told are those that moved."""
    lower = said.filter(status__in=[one for one in _FROM if RANK[one] < RANK[to]])
    ids: Sequence[int] = list(lower.order_by("number").values_list("pk", flat=True))
    if not ids:
        return 0
    at = Value(now)
    changes = {
        "status": to,
        "sent_at": Coalesce("sent_at", at),
        "delivered_at": Coalesce("delivered_at", at),
    }
    if to is ChatMessageStatus.READ:
        changes["read_at"] = Coalesce("read_at", at)
    lower.filter(pk__in=ids).update(**changes)
    for start in range(0, len(ids), MOST_IDS):
        tell(chat, "message.status", ids=ids[start : start + MOST_IDS])
    return len(ids)


_UNREAD = ("unread_by_agent", "unread_by_customer")
