"""An answer that was written without knowing what a colleague has said meanwhile."""

from config.errors import ConflictError
from customers.actors import Actor
from tickets.api.chat.chat import ChatMessageSerializer
from tickets.models import Chat, ChatMessage, Sender, Visibility

MOST_MISSED = 50


def refuse_stale(chat: Chat, actor: Actor, last_seen: int) -> None:
    """Raises `ConflictError` `stale_reply`; what the customer wrote since is no reason.

    `extra["missed"]` holds the newest of what colleagues said, as JSON.
    """
    if last_seen >= chat.last_number:
        return
    said = ChatMessage.objects.filter(
        chat=chat,
        number__gt=last_seen,
        sender=Sender.AGENT,
        visibility=Visibility.PUBLIC,
    )
    missed = said.exclude(user=actor.user).select_related("file").order_by("-number")[:MOST_MISSED]
    if not missed:
        return
    names = "、".join(dict.fromkeys(message.sender_name for message in missed))
    raise ConflictError(
        f"您输入时 {names} 已经回复，请看过再发送",
        code="stale_reply",
        attr="last_seen",
        extra={
            "missed": ChatMessageSerializer(
                list(missed)[::-1], many=True, context={"is_team": True}
            ).data
        },
    )
