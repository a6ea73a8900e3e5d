"""What an agent's message is where only text can be sent."""

from tickets.models import ChatMessage, ChatMessageType


def words_of(message: ChatMessage) -> str:
    """Cards and choices in words: nobody can tap ours there."""
    data, parts = message.data, [message.content]
    if message.type == ChatMessageType.CARD:
        parts += [str(data.get(name) or "") for name in ("title", "description", "url")]
    if message.type == ChatMessageType.QUICK_REPLIES:
        parts += [f"· {option}" for option in data.get("options", [])]
    return "\n".join(part for part in parts if part)
