"""Chats in the one search: by their customer, and by what was said."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from customers.actors import Actor
from customers.models import Customer
from customers.search import containing
from customers.search import matching as customers_matching
from tickets.chat.visibility import chats_visible_to
from tickets.desk.search import Hit, holds, register_source, snippet_of
from tickets.models import Chat, ChatMessage, ChatMessageType, Sender

# Among so many of the newest a word that most chats have is found without reading all of them.
RECENT = 2000
WORDS_OF_MESSAGE = ("content",)


def register() -> None:
    """After tickets and customers."""
    register_source("chats", "会话", find_chats)


def find_chats(words: str, actor: Actor, limit: int) -> Sequence[Hit]:
    """The newest first, within one's view; for the team alone."""
    if not actor.is_team:
        return []
    visible = chats_visible_to(actor).select_related("customer").order_by("-id")
    found = _among_the_newest(visible, words, limit) or list(matching(visible, words)[:limit])
    said = _said(found, words)
    return [_chat(chat, words, said.get(chat.pk, "")) for chat in found]


def matching(chats: QuerySet[Chat], keyword: str) -> QuerySet[Chat]:
    """Those of `chats` of a customer found by `keyword`, or with it in a message; empty finds all."""
    words = keyword.strip().replace("\x00", "")
    if not words:
        return chats
    customers = customers_matching(Customer.objects.all(), words).values("pk")
    found: QuerySet[Any] = Chat.objects.order_by().filter(customer__in=customers).values("pk")
    # One letter alone has no gram: the messages, which are many, are not read for it.
    if len(words) > 1:
        found = found.union(_messages(words).values("chat_id"))
    return chats.filter(pk__in=found)


def _messages(words: str) -> QuerySet[ChatMessage]:
    texts = ChatMessage.objects.filter(type=ChatMessageType.TEXT, recalled_at=None).order_by()
    said = texts.exclude(sender=Sender.SYSTEM)
    found: QuerySet[ChatMessage] = containing(said, words, WORDS_OF_MESSAGE)
    return found


def _among_the_newest(chats: QuerySet[Chat], words: str, limit: int) -> list[Chat]:
    """Enough of them, or nothing."""
    # Asked for by itself: under a number PostgreSQL knows how few messages these are.
    newest = Chat.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    recent = ChatMessage.objects.filter(chat__gt=newest - RECENT, recalled_at=None)
    said = recent.exclude(sender=Sender.SYSTEM).filter(content__icontains=words)
    found = list(chats.filter(pk__in=said.order_by().values("chat"))[:limit])
    return found if len(found) == limit else []


def _said(chats: Sequence[Chat], words: str) -> dict[int, str]:
    """A message with the words of each chat that has one; one query."""
    rows = ChatMessage.objects.filter(
        chat__in=[chat.pk for chat in chats], recalled_at=None, content__icontains=words
    ).exclude(sender=Sender.SYSTEM)
    return dict(rows.order_by("chat", "number").values_list("chat_id", "content"))


def _chat(chat: Chat, words: str, said: str) -> Hit:
    customer = chat.customer
    texts = {
        "message": said,
        "customer": customer.name,
        "company": customer.company,
        "phone": customer.phone_display,
        "remark": customer.remark,
    }
    where = next((name for name, text in texts.items() if holds(text, words)), "customer")
    return Hit(
        id=chat.pk,
        title=f"{customer.name}的会话",
        where=where,
        snippet=snippet_of(texts[where], words),
        status=chat.status,
        note=customer.company,
    )
