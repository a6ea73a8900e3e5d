"""Whose a chat is to act on, among the colleagues who may see it."""

from config.errors import NotAllowedError
from customers.actors import Actor
from tickets.chat.visibility import supervises
from tickets.models import Chat, ChatStatus


def has_in_hand(chat: Chat, actor: Actor) -> bool:
    return actor.user is not None and chat.agent_id == actor.user.pk


def require_charge(chat: Chat, actor: Actor) -> None:
    """The chat's own agent, and whoever supervises them; a queued chat is anybody's of the team.

    Raises `NotAllowedError` for colleagues who only see it.
    """
    if not actor.is_team:
        raise NotAllowedError("只有客服可以这样做")
    if actor.sees_all or has_in_hand(chat, actor) or chat.status == ChatStatus.QUEUED:
        return
    agent = chat.agent
    if agent is not None and supervises(actor, agent):
        return
    whose = f"会话由 {agent.display_name} 接待" if agent else "会话不由您接待"
    raise NotAllowedError(f"{whose}，只有接待客服和主管可以这样做")


def require_supervisor(chat: Chat, actor: Actor) -> None:
    """Raises `NotAllowedError` for anybody but a supervisor of the chat's agent."""
    agent = chat.agent
    if actor.sees_all or (agent is not None and supervises(actor, agent)):
        return
    raise NotAllowedError("只有主管可以这样做")
