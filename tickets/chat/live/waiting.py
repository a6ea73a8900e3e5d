"""What a waiting customer is shown: their place, and that somebody has taken their chat."""

from collections.abc import Collection
from typing import Any

from config.sockets.frames import frame
from tickets.api.chat.chat import CustomerChatSerializer
from tickets.chat.assignment.queue import QueuePlace, places_of
from tickets.chat.live.connection import WaitingPage
from tickets.models import OPEN_CHATS, Chat, ChatStatus

_STATUS = {ChatStatus.QUEUED: "queued", ChatStatus.ACTIVE: "assigned"}
_NOWHERE = QueuePlace(0, 0, None)


def places_shown(customers: Collection[int]) -> dict[int, str]:
    """For each customer the frame `queue.position`; two queries for all."""
    chats = {chat.customer_id: chat for chat in _open_chats(customers)}
    is_anybody_waiting = any(chat.status == ChatStatus.QUEUED for chat in chats.values())
    places = places_of(customers) if is_anybody_waiting else {}
    return {
        customer: _position(chats.get(customer), places.get(customer, _NOWHERE))
        for customer in customers
    }


def greeting(customer_id: int, seq: int) -> list[str]:
    """How things stand for who has just come; the first is their place."""
    assigned = [
        frame("chat.assigned", seq=seq, chat=CustomerChatSerializer(chat).data)
        for chat in _open_chats([customer_id])
        if chat.status == ChatStatus.ACTIVE
    ]
    return [places_shown([customer_id])[customer_id], *assigned]


def show(page: WaitingPage, encoded: str) -> None:
    """Unless it is what they see already."""
    if encoded != page.shown:
        page.shown = encoded
        page.put(encoded)


def _open_chats(customers: Collection[int]) -> list[Chat]:
    found = Chat.objects.filter(customer__in=customers, status__in=OPEN_CHATS)
    return list(found.select_related("agent"))


def _position(chat: Chat | None, place: QueuePlace) -> str:
    told: dict[str, Any] = {
        "status": _STATUS[ChatStatus(chat.status)] if chat is not None else "none",
        "position": place.position,
        "waiting": place.waiting,
        "estimated_wait_seconds": place.estimated_wait_seconds,
        "chat_id": chat.pk if chat is not None else None,
    }
    return frame("queue.position", **told)
