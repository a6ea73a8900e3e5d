"""A supervisor gives a chat to somebody, whoever's turn it is."""

from django.db import transaction

from config.errors import NotAllowedError
from customers.actors import Actor
from customers.models import User
from tickets.chat.assignment.actions.giving import chat_give
from tickets.chat.trail import lock_chat, require_open, require_team
from tickets.chat.visibility import supervised_by, supervises
from tickets.models import AssignmentTrigger, Chat


@transaction.atomic
def chat_assign(*, chat_id: int, agent: User, actor: Actor) -> Chat:
    """The chat as it is now: with `agent`, whether it waited or a colleague had it.

    For administrators, and for supervisors within their team. Raises `NotFoundError`,
    `NotAllowedError`, `ConflictError` `illegal_state`, `agent_full`, `agent_unavailable`.
    """
    require_team(actor)
    chat = lock_chat(chat_id, actor)
    is_own_team = supervises(actor, agent) or agent == actor.user
    if not (is_own_team and supervised_by(actor).exists()):
        raise NotAllowedError("只有主管可以指派会话")
    require_open(chat)
    chat_give(
        chat=chat,
        agent=agent,
        trigger=AssignmentTrigger.SUPERVISOR,
        actor=actor,
        reason=f"{actor.name} 指派",
    )
    return chat
