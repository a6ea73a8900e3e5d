"""The customer's own page: both ends are ours, so every state is known."""

from tickets.chat.entries.base import ChatEntry
from tickets.models import ChatMessageType

WEB = "web"


class WebEntry(ChatEntry):
    code = WEB
    label = "网页"
    knows_reading = True
    types = frozenset(ChatMessageType)
