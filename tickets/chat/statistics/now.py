"""How things stand at this moment."""

from typing import Any

from tickets.chat.assignment import queue
from tickets.models import Chat, ChatStatus


def queue_now() -> dict[str, Any]:
    """The queue's own figures without who waits, and how many chats go on."""
    found = queue.overview()
    del found["list"]
    return {**found, "active": Chat.objects.filter(status=ChatStatus.ACTIVE).count()}
