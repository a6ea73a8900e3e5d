"""What was said with a customer elsewhere, kept in their chat for the team to read.

Nobody here answered and nobody is asked to: no clock moves, nothing leaves, and an ended chat stays
ended. `data.history` names where it was said.
"""

from tickets.chat.messages.writing import message_write
from tickets.models import Chat, ChatMessage, Visibility


def history_write(
    chat: Chat, *, sender: str, sender_name: str, content: str, place: str, external_id: str
) -> ChatMessage:
    """The words in a locked chat, open or not; the caller saves it."""
    return message_write(
        chat,
        sender=sender,
        sender_name=sender_name,
        content=content,
        data={"history": place},
        visibility=Visibility.INTERNAL,
        external_id=external_id,
    )
