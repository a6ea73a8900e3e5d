"""The chats of two customers who are one: all go along, and of two open ones one ends."""

from collections.abc import Collection

from django.db import connection
from django.db.models import QuerySet

from config.events.publish import publish
from customers.actions.history import order_key
from customers.actors import Actor, system_actor
from customers.merging import register_part
from customers.models import Customer
from tickets.chat import trail
from tickets.chat.assignment.candidates import agents_hold
from tickets.chat.lifecycle import ending
from tickets.chat.messages.writing import notice
from tickets.models import OPEN_CHATS, Chat, ChatStatus, EndedBy, Sender, Visibility

# Of what the customer said in the chat that ends, the other's agent is shown so much.
LINES, LINE_LENGTH = 5, 200


def register() -> None:
    """Called from `ready()`."""
    register_part("chats", _move, label="会话", hold=_hold, locks=_locks)


def _locks(customer_ids: Collection[int]) -> list[str]:
    """Neither gets a chat meanwhile."""
    return [f"chat.customer:{pk}" for pk in customer_ids]


def _hold(customer_ids: Collection[int]) -> None:
    """The chats, then the agents: one of two open chats will give its slot back."""
    chats = Chat.objects.filter(customer__in=customer_ids)
    held = list(_locked(chats))
    if sum(chat.is_open for chat in held) > 1:
        agents_hold()


def _move(keep: Customer, gone: Customer, actor: Actor) -> int:
    chats = list(_locked(Chat.objects.filter(customer=gone)))
    if not chats:
        return 0
    both = Chat.objects.filter(customer__in=(keep, gone), status__in=OPEN_CHATS)
    open_ones = sorted(both.select_related("customer", "agent"), key=_stays_rather)
    if len(open_ones) > 1:
        _end_one(ends=open_ones[0], stays=open_ones[1])
        chats = list(_locked(Chat.objects.filter(customer=gone)))
    for chat in chats:
        chat.customer = keep
        chat.version += 1
    Chat.objects.bulk_update(chats, ["customer", "version"])
    for chat in chats:
        trail.tell(chat, "chat.updated")
        publish(
            "chat.moved",
            {"chat_id": chat.pk, "customer_id": keep.pk, "from_customer_id": gone.pk},
            key=order_key(keep.pk),
        )
    return len(chats)


def _locked(chats: QuerySet[Chat]) -> QuerySet[Chat]:
    chats = chats.order_by("pk")
    if connection.vendor == "postgresql":
        return chats.select_for_update(of=("self",), no_key=True)
    return chats


def _stays_rather(chat: Chat) -> tuple[bool, float, int]:
    """Where somebody answers, then where the customer wrote last."""
    said = chat.last_customer_at or chat.created_at
    return chat.status == ChatStatus.ACTIVE, said.timestamp(), chat.pk


def _end_one(*, ends: Chat, stays: Chat) -> None:
    """What the customer waits for an answer to is shown to whoever has the other."""
    waiting = _unanswered(ends)
    ending.end(
        ends,
        actor=system_actor(),
        by=EndedBy.SYSTEM,
        reason=f"客户资料合并，在会话 {stays.pk} 继续",
        is_said=False,
    )
    words = f"与客户的会话 {ends.pk} 合并到这里" + (
        f"，其中还没有回复：\n{waiting}" if waiting else ""
    )
    notice(stays, words, is_internal=True)
    trail.save(stays)


def _unanswered(chat: Chat) -> str:
    if chat.waiting_since is None:
        return ""
    said = chat.messages.filter(
        sender=Sender.CUSTOMER,
        visibility=Visibility.PUBLIC,
        recalled_at=None,
        created_at__gte=chat.waiting_since,
    ).order_by("-number")[:LINES]
    return "\n".join(f"· {message.content[:LINE_LENGTH]}" for message in reversed(said))
