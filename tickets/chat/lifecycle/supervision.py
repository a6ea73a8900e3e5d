"""What supervisors do in their colleagues' chats: listen, whisper, take over."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from config.errors import ConflictError, NotAllowedError
from customers.actors import Actor
from tickets.chat import trail
from tickets.chat.assignment.actions import chat_give
from tickets.chat.lifecycle.charge import has_in_hand, require_supervisor
from tickets.chat.messages.actions import note_add
from tickets.models import (
    AssignmentTrigger,
    Chat,
    ChatEventKind,
    ChatMessage,
)

# Looking in again within this is the same listening.
LISTENED_FOR = timedelta(minutes=30)


@transaction.atomic
def chat_listen(*, chat_id: int, actor: Actor) -> Chat:
    """The chat; that somebody listens is kept once in a while, and the customer is not told.

    Raises `NotFoundError`, `NotAllowedError` for anybody but a supervisor of its agent.
    """
    chat = trail.lock_chat(chat_id, actor)
    require_supervisor(chat, actor)
    if not has_in_hand(chat, actor) and not _listened_just_now(chat, actor):
        trail.record(chat, actor, ChatEventKind.LISTENED, to_value=actor.name)
        trail.tell(chat, "chat.updated", is_internal=True)
    return chat


@transaction.atomic
def chat_whisper(*, chat_id: int, actor: Actor, content: str) -> ChatMessage:
    """A supervisor's word that the chat's agent sees marked, and the customer never.

    Raises `NotFoundError`, `NotAllowedError`, `InvalidInputError`, `ConflictError` for a chat that
    nobody has in hand.
    """
    chat = trail.lock_chat(chat_id, actor)
    require_supervisor(chat, actor)
    trail.require_active(chat)
    return note_add(chat_id=chat.pk, actor=actor, content=content, data={"whisper": True})


@transaction.atomic
def chat_take_over(*, chat_id: int, actor: Actor) -> Chat:
    """The chat in the supervisor's own hands; its customer is told who goes on.

    Raises `NotFoundError`, `NotAllowedError`, `ConflictError` for an ended chat, one's own
    (`already_yours`), or `agent_full`.
    """
    if actor.user is None:
        raise NotAllowedError("只有员工本人可以接管会话")
    chat = trail.lock_chat(chat_id, actor)
    trail.require_team(actor)
    if chat.is_open and has_in_hand(chat, actor):
        raise ConflictError("会话已由您接待", code="already_yours", attr="agent")
    require_supervisor(chat, actor)
    trail.require_open(chat)
    former = chat.agent.display_name if chat.agent else ""
    chat_give(
        chat=chat,
        agent=actor.user,
        trigger=AssignmentTrigger.SUPERVISOR,
        actor=actor,
        reason="主管接管",
    )
    trail.record(chat, actor, ChatEventKind.TAKEN_OVER, from_value=former, to_value=actor.name)
    return chat


def _listened_just_now(chat: Chat, actor: Actor) -> bool:
    since = timezone.now() - LISTENED_FOR
    earlier = chat.events.filter(kind=ChatEventKind.LISTENED, created_at__gt=since)
    return earlier.filter(actor=actor.user, actor_name=actor.name).exists()
