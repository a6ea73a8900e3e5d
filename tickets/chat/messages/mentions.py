"""Colleagues whom a note names: they are told, if the chat is theirs to see."""

from collections.abc import Iterator
from typing import Any

from config.events.publish import publish
from customers.actions.history import order_key
from customers.actors import Actor, Entry, actor_for
from customers.models import User
from messaging.markup import as_text
from messaging.staff_alerts.registry import Alert
from tickets.chat.entries import registry
from tickets.chat.visibility import chats_visible_to
from tickets.models import Chat, ChatMessage, Visibility
from tickets.relations.mentions import mentioned_in

MENTIONED = "chat.mentioned"
WORDS = 300


def named_in(chat: Chat, text: str, actor: Actor) -> dict[str, list[str]]:
    """What the note keeps of it: who is told, and who is not since they may not see the chat.

    The chat is locked, and the note becomes its next message.
    """
    named = [user for user in mentioned_in(text) if user != actor.user]
    seeing = [user for user in named if _sees(user, chat)]
    blind = [user for user in named if user not in seeing]
    if seeing:
        publish(
            MENTIONED,
            {
                "chat_id": chat.pk,
                "number": chat.last_number + 1,
                "user_ids": [user.pk for user in seeing],
            },
            key=order_key(chat.customer_id),
        )
    return {
        name: [user.display_name for user in users]
        for name, users in (("mentioned", seeing), ("not_told", blind))
        if users
    }


def mention_alert(data: dict[str, Any]) -> Iterator[Alert]:
    """Whom a note in a chat names."""
    note = (
        ChatMessage.objects.filter(chat=data["chat_id"], number=data["number"])
        .filter(visibility=Visibility.INTERNAL, recalled_at__isnull=True)
        .select_related("chat__customer")
        .first()
    )
    if note is None:
        return
    for user in User.objects.filter(pk__in=data["user_ids"], is_active=True).order_by("pk"):
        if _sees(user, note.chat):
            yield _alert(note, user)


def _alert(note: ChatMessage, user: User) -> Alert:
    chat = note.chat
    lines = [
        f"💬 **{as_text(note.sender_name)} 在会话备注中提到了您**",
        f"会话：{chat.pk}（{registry.label(chat.entry)}，{chat.get_status_display()}）",
        f"客户：{as_text(chat.customer.name)}",
        f"> {as_text(note.content)[:WORDS]}",
    ]
    return Alert(user, "\n".join(lines), f"chat:{chat.pk}:{note.number}:{user.pk}")


def _sees(user: User, chat: Chat) -> bool:
    return chats_visible_to(actor_for(user, Entry.WECOM_APP)).filter(pk=chat.pk).exists()
