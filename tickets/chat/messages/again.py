"""The same message twice: a client resends what it got no answer to, a platform calls back again."""

from config.errors import ConflictError
from customers.actors import Actor
from tickets.models import Chat, ChatMessage, Sender


def said_before(
    chat: Chat, sender: Sender, client_id: str, actor: Actor | None = None
) -> ChatMessage | None:
    """The message of that name in a locked chat. Raises `ConflictError` for a colleague's."""
    if not client_id:
        return None
    first = _found(chat=chat, sender=sender, client_id=client_id)
    if first is None:
        return None
    if actor is not None and first.user_id != (actor.user.pk if actor.user else None):
        raise ConflictError("这个编号已用于另一位客服的消息", attr="client_id")
    return first


def said_outside(entry: str, external_id: str) -> ChatMessage | None:
    """The message that the platform of `entry` knows by that name."""
    return _found(entry=entry, external_id=external_id) if external_id else None


def _found(**names: object) -> ChatMessage | None:
    return ChatMessage.objects.filter(**names).select_related("file").first()
