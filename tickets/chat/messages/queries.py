"""What has been said, as each side may read it."""

from collections.abc import Sequence

from django.db.models import QuerySet

from customers.actors import Actor
from tickets.models import Chat, ChatMessage, Visibility

MOST = 200
USUAL = 50


def messages_of(chat: Chat, actor: Actor) -> QuerySet[ChatMessage]:
    """In the order of their numbers, with their files; internal ones for the team alone.

    Who may see the chat is asked before (`tickets.chat.visibility`).
    """
    said = ChatMessage.objects.filter(chat=chat).select_related("file").order_by("number")
    return said if actor.is_team else said.filter(visibility=Visibility.PUBLIC)


def messages_between(
    chat: Chat,
    actor: Actor,
    *,
    after: int | None = None,
    before: int | None = None,
    limit: int = USUAL,
) -> Sequence[ChatMessage]:
    """At most `limit` (≤ 200), oldest first.

    `after`: those that follow that number, so a reader goes on from the last it has. `before`: the
    last ones ahead of it, for scrolling up. Neither: the newest.
    """
    said = messages_of(chat, actor)
    if after is not None:
        said = said.filter(number__gt=after)
    if before is not None:
        said = said.filter(number__lt=before)
    limit = max(1, min(limit, MOST))
    if after is not None:
        return list(said[:limit])
    return list(said.order_by("-number")[:limit])[::-1]


def last_number_of(chat: Chat, actor: Actor) -> int:
    """Of what this side can read: who has it has everything."""
    if actor.is_team:
        return chat.last_number
    numbers = messages_of(chat, actor).order_by("-number").values_list("number", flat=True)
    return numbers.first() or 0
