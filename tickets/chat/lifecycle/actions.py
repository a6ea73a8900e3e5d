"""Ending a chat, by whichever side."""

from django.db import transaction

from customers.actors import Actor
from tickets.chat import trail
from tickets.chat.lifecycle import ending
from tickets.chat.lifecycle.charge import require_charge
from tickets.chat.messages.writing import message_write
from tickets.models import Chat, ChatStatus, EndedBy, Sender, Visibility


@transaction.atomic
def chat_end(*, chat_id: int, actor: Actor, reason: str = "", summary: str = "") -> Chat:
    """The ended chat; a customer who still queues has left the queue.

    `summary` is the agent's account of the service (服务小结), kept as an internal note. Raises
    `NotFoundError`, `NotAllowedError` for colleagues without charge of it, `ConflictError` naming
    the state when it has ended already.
    """
    chat = trail.lock_chat(chat_id, actor)
    if actor.is_team:
        require_charge(chat, actor)
    trail.require_open(chat)
    if actor.is_team and summary.strip():
        _summarise(chat, actor, summary.strip())
    ending.end(chat, actor=actor, by=_side(chat, actor), reason=reason)
    return chat


def _side(chat: Chat, actor: Actor) -> EndedBy:
    if actor.is_team:
        return EndedBy.AGENT
    return EndedBy.ABANDONED if chat.status == ChatStatus.QUEUED else EndedBy.CUSTOMER


def _summarise(chat: Chat, actor: Actor, summary: str) -> None:
    message_write(
        chat,
        sender=Sender.AGENT,
        content=summary,
        data={"summary": True},
        user=actor.user,
        sender_name=actor.name,
        visibility=Visibility.INTERNAL,
    )
