"""Who is writing just now: told to the other side in whichever process, and kept nowhere."""

from typing import Any

from config.sockets import layer
from config.sockets.frames import frame
from customers.actors import Actor
from tickets.chat.live.crowd import Crowd
from tickets.models import Chat

TYPING = "chat.typing"


def tell_typing(actor: Actor, chat: Chat) -> None:
    layer.send(
        TYPING,
        {
            "chat_id": chat.pk,
            "customer_id": chat.customer_id,
            "agent_id": chat.agent_id,
            "by": actor.user.pk if actor.user is not None and actor.is_team else None,
            "name": actor.name,
        },
    )


def typing_told(message: dict[str, Any], crowd: Crowd) -> None:
    """The customer hears of their agent, the team of the customer and of each other."""
    chat_id, agent_id, by = message["chat_id"], message["agent_id"], message["by"]
    side = "customer" if by is None else "agent"
    encoded = frame("typing", chat_id=chat_id, side=side, name=message["name"])
    pages = crowd.pages_with(chat_id) | (crowd.pages_of(agent_id) if agent_id else set())
    for page in pages:
        if page.user_id != by:
            page.put(encoded)
    if by is not None and by == agent_id:
        for line in list(crowd.customers_with(chat_id)):
            if line.customer_id == message["customer_id"]:
                line.put(encoded)
