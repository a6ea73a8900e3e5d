"""Reading chats, with what a list shows of each."""

from django.db.models import JSONField, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject, Substr

from customers.actors import Actor
from tickets.chat.visibility import chats_visible_to
from tickets.models import Chat, ChatEvent, ChatMessage, Visibility

PREVIEW = 80


def chats_for(actor: Actor) -> QuerySet[Chat]:
    """Those within the actor's view, newest first, as their JSON needs them: one query."""
    return shown(chats_visible_to(actor))


def shown(chats: QuerySet[Chat]) -> QuerySet[Chat]:
    """`chats` with people, group and `last_message`, in the same query."""
    return (
        chats.select_related("customer", "agent", "group")
        .annotate(last_message=_last_message())
        .order_by("-id")
    )


def events_of(chat: Chat) -> QuerySet[ChatEvent]:
    """What happened in a chat, oldest first."""
    return chat.events.select_related("actor").order_by("id")


def _last_message() -> Subquery:
    said = ChatMessage.objects.filter(
        chat=OuterRef("pk"), visibility=Visibility.PUBLIC, recalled_at__isnull=True
    )
    preview = JSONObject(
        number="number",
        sender="sender",
        sender_name="sender_name",
        type="type",
        text=Substr("content", 1, PREVIEW),
    )
    return Subquery(said.order_by("-number").values(preview=preview)[:1], output_field=JSONField())
