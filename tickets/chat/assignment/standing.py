"""How things stand for a customer: with whom, at which place, or that nobody is there."""

from dataclasses import dataclass

from django.utils import timezone

from tickets.chat.assignment import rules
from tickets.chat.assignment.candidates import candidates, why_unattended
from tickets.chat.assignment.queue import place_of
from tickets.models import OPEN_CHATS, Chat, ChatStatus

NONE, ASSIGNED, QUEUED, UNATTENDED = "none", "assigned", "queued", "unattended"
STATUSES = (NONE, ASSIGNED, QUEUED, UNATTENDED)


@dataclass(frozen=True)
class Standing:
    """`text` is what the customer is told where nobody is on; `agent` is a name."""

    status: str
    chat_id: int | None = None
    agent: str = ""
    position: int | None = None
    waiting: int = 0
    estimated_wait_seconds: int | None = None
    text: str = ""


def standing_of(chat: Chat | None) -> Standing:
    """Of the customer's open chat, if there is one."""
    if chat is None or not chat.is_open:
        return Standing(NONE)
    if chat.status == ChatStatus.ACTIVE:
        agent = chat.agent.display_name if chat.agent is not None else ""
        return Standing(ASSIGNED, chat.pk, agent)
    now = timezone.now()
    why = why_unattended(chat.queued_at, candidates(now), now)
    if why is not None:
        return Standing(UNATTENDED, chat.pk, text=rules.text(why))
    place = place_of(chat)
    return Standing(
        QUEUED,
        chat.pk,
        position=place.position,
        waiting=place.waiting,
        estimated_wait_seconds=place.estimated_wait_seconds,
    )


def open_chat_of(customer_id: int) -> Chat | None:
    found = Chat.objects.filter(customer=customer_id, status__in=OPEN_CHATS)
    return found.select_related("agent", "customer").first()
