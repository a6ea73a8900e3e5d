"""A chat goes to a colleague or a group, with a note for whoever gets it."""

from django.db import transaction
from django.utils import timezone

from config.errors import ConflictError, InvalidInputError
from customers.actors import Actor
from customers.models import User
from customers.queries.staff import team_members
from tickets.chat import trail
from tickets.chat.assignment.actions import chat_give, chat_pass_on
from tickets.chat.lifecycle.charge import require_charge
from tickets.chat.messages.writing import message_write
from tickets.models import (
    AssignmentTrigger,
    Chat,
    ChatGroup,
    PresenceStatus,
    Sender,
    Visibility,
)
from tickets.presence.queries import statuses_of

NOTE_LENGTH = 500


@transaction.atomic
def chat_transfer(
    *,
    chat_id: int,
    actor: Actor,
    to_user: User | None = None,
    to_group: ChatGroup | None = None,
    note: str = "",
) -> Chat:
    """The chat in its new hands; `note` is an internal message, and who had it still sees it.

    A group's best agent gets it; while none of them is free it queues for the group. Raises
    `InvalidInputError` unless exactly one of the two is named, and for its own agent;
    `NotFoundError`, `NotAllowedError`; `ConflictError`: `illegal_state` for a chat that nobody has
    in hand, `agent_full`, `agent_unavailable`, `group_empty`.
    """
    if (to_user is None) == (to_group is None):
        raise InvalidInputError("请指定转接的客服或客服组（二选一）", attr="agent")
    chat = trail.lock_chat(chat_id, actor)
    require_charge(chat, actor)
    trail.require_active(chat)
    if to_user is not None:
        _require_other(chat, to_user)
        _require_online(to_user, actor)
    if to_group is not None:
        _require_members(to_group)
    if note.strip():
        _leave_note(chat, actor, note.strip()[:NOTE_LENGTH])
    why = note.strip() or "转接"
    if to_user is not None:
        chat.group = None
        chat_give(
            chat=chat, agent=to_user, trigger=AssignmentTrigger.TRANSFER, actor=actor, reason=why
        )
        return chat
    assert to_group is not None  # one of the two
    chat_pass_on(
        chat=chat,
        trigger=AssignmentTrigger.TRANSFER,
        actor=actor,
        reason=f"转给客服组 {to_group.name}" + (f"：{note.strip()}" if note.strip() else ""),
        group=to_group,
    )
    return chat


def _require_other(chat: Chat, to_user: User) -> None:
    if chat.agent_id == to_user.pk:
        raise InvalidInputError(
            f"会话已由 {to_user.display_name} 接待", code="same_agent", attr="agent"
        )


def _require_online(to_user: User, actor: Actor) -> None:
    """Who is busy has asked for nothing more; one may take a chat oneself whatever one's status."""
    if actor.user is not None and actor.user.pk == to_user.pk:
        return
    status = statuses_of([to_user.pk], timezone.now())[to_user.pk]
    if status != PresenceStatus.ONLINE:
        raise ConflictError(
            f"{to_user.display_name} 当前{status.label}，不能接待会话",
            code="agent_unavailable",
            attr="agent",
        )


def _require_members(group: ChatGroup) -> None:
    members = team_members().filter(chat_groups=group, resigned_at__isnull=True)
    if not members.exists():
        raise ConflictError(f"客服组 {group.name} 没有成员", code="group_empty", attr="group")


def _leave_note(chat: Chat, actor: Actor, note: str) -> None:
    message_write(
        chat,
        sender=Sender.AGENT,
        content=note,
        data={"transfer": True},
        user=actor.user,
        sender_name=actor.name,
        visibility=Visibility.INTERNAL,
    )
