"""Customers with whom a colleague deals no more: blocked, or handed over to another."""

from collections import Counter
from collections.abc import Collection
from contextlib import suppress

from django.db import transaction
from django.db.models import QuerySet

from config.errors import ConflictError, NotFoundError
from config.events.publish import enqueue
from customers.actions.handover import register_mover
from customers.actors import Actor, system_actor
from customers.models import User
from tickets.chat import trail
from tickets.chat.assignment.actions import chat_give, chat_pass_on
from tickets.chat.lifecycle import ending
from tickets.chat.messages.writing import notice
from tickets.models import OPEN_CHATS, AssignmentTrigger, Chat, ChatStatus, EndedBy

HAND_OVER = "tickets.tasks.chat.lifecycle.hand_over_chat"


def end_of_blocked(customer_id: int) -> bool:
    """Ends the open chat of a customer who is on the block list; its agent is told why."""
    with transaction.atomic():
        open_id = (
            Chat.objects.filter(
                customer=customer_id, customer__blocked_at__isnull=False, status__in=OPEN_CHATS
            )
            .values_list("pk", flat=True)
            .first()
        )
        if open_id is None:
            return False
        chat = trail.lock_chat(open_id, system_actor())
        if not chat.is_open:
            return False
        notice(chat, "客户已被加入黑名单，会话已结束", is_internal=True)
        ending.end(chat, actor=system_actor(), by=EndedBy.SYSTEM, reason="客户已被加入黑名单")
        return True


def register_handover() -> None:
    register_mover("chats", _move, rows=_active, label="会话")


def chat_hand_over(chat_id: int, from_user: User, to_user: User) -> None:
    """The chat goes along with its customer, else to whoever is free, else back to the queue."""
    actor = system_actor()
    reason = f"随客户移交：{from_user.display_name} → {to_user.display_name}"
    with suppress(NotFoundError), transaction.atomic():
        chat = trail.lock_chat(chat_id, actor)
        if chat.status != ChatStatus.ACTIVE or chat.agent_id != from_user.pk:
            return
        try:
            with transaction.atomic():
                chat_give(
                    chat=chat,
                    agent=to_user,
                    trigger=AssignmentTrigger.TRANSFER,
                    actor=actor,
                    reason=reason,
                )
        except ConflictError:
            chat_pass_on(chat=chat, trigger=AssignmentTrigger.TRANSFER, actor=actor, reason=reason)


def _active(customer_ids: Collection[int], user: User) -> QuerySet[Chat]:
    return Chat.objects.filter(customer_id__in=customer_ids, agent=user, status=ChatStatus.ACTIVE)


def _move(
    customer_ids: Collection[int], from_user: User, to_user: User, actor: Actor
) -> dict[int, int]:
    """After the commit, each in a transaction of its own: agents' rows come before events' locks."""
    found = list(_active(customer_ids, from_user).values_list("pk", "customer_id"))
    enqueue(HAND_OVER, [[pk, from_user.pk, to_user.pk] for pk, _ in found], queue="chat")
    return dict(Counter(customer_id for _, customer_id in found))
