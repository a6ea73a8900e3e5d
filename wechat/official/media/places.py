"""Where a follower's picture belongs: its message in a chat, else what came of the assistant's talk."""

from typing import TypeAlias

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from tickets.models import Action, AssistantTurn, Chat, ChatMessage, Sender, Ticket
from wechat.models import OfficialMedia
from wechat.official.chat_entry import ENTRY

Place: TypeAlias = ChatMessage | Chat | Ticket


def place_of(row: OfficialMedia) -> Place | None:
    """The customer's message, else the chat that their talk was handed to, else the ticket made of it."""
    known = {"entry": ENTRY.code, "external_id": row.message_id}
    message = ChatMessage.objects.filter(sender=Sender.CUSTOMER, **known).first()
    if message is not None:
        return message
    turn = AssistantTurn.objects.filter(**known).select_related("chat", "session").first()
    if turn is None or turn.chat is not None:
        return turn.chat if turn is not None else None
    if turn.session is None or turn.session.started_at > turn.created_at:
        return None
    made = _making().filter(session=turn.session, pk__gte=turn.pk).select_related("ticket")
    first = made.order_by("pk").first()
    return first.ticket if first is not None else None


def placed(rows: QuerySet[OfficialMedia]) -> QuerySet[OfficialMedia]:
    """Those of `rows` that the assistant was shown, and for which there is a chat or ticket now."""
    made = _making().filter(session=OuterRef("session"), pk__gte=OuterRef("pk"))
    in_talk = Q(session__started_at__lte=F("created_at")) & Exists(made)
    turns = AssistantTurn.objects.filter(entry=ENTRY.code, external_id=OuterRef("message_id"))
    return rows.filter(Exists(turns.filter(Q(chat__isnull=False) | in_talk)))


def _making() -> QuerySet[AssistantTurn]:
    return AssistantTurn.objects.filter(action=Action.CREATE_TICKET, ticket__isnull=False)
