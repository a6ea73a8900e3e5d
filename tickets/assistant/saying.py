"""Saying something to a customer outside any chat, through the entry they wrote from.

A platform counts it like an agent's words: it takes its place in the budget of the chat there.
"""

import secrets

from django.utils import timezone

from customers.actors import system_actor
from messaging.sending.accept import NewMessage, message_accept
from tickets.chat import budget
from tickets.chat.entries import outgoing, registry
from tickets.chat.entries.base import ChatEntry
from tickets.chat.trail import lock_chat, save
from tickets.models import Chat

PRIORITY = 9


def say(*, entry: str, address: str, text: str, entry_account: str = "") -> None:
    """One text, in the caller's transaction; an entry without a channel (our own page) says nothing."""
    through = registry.get(entry)
    if through.is_ours or not text:
        return
    message_accept(
        NewMessage(
            channel=through.channel,
            recipient=address,
            payload=through.plain(text, entry_account),
            priority=PRIORITY,
            dedupe_key=f"{budget.SAID}{secrets.token_hex(12)}",
        )
    )
    if through.budgets:
        _count(through, address, entry_account)


def _count(through: ChatEntry, address: str, account: str) -> None:
    """In the latest chat there: one that has ended may be opened again within its window."""
    chats = Chat.objects.filter(entry=through.code, address=address, entry_account=account)
    latest = chats.filter(window_ends_at__gt=timezone.now(), sends_left__gt=0).order_by("-pk")
    pk = latest.values_list("pk", flat=True).first()
    if pk is None:
        return
    chat = lock_chat(pk, system_actor(through.door))
    before = budget.state(chat)
    if budget.reserve(chat, timezone.now()):
        outgoing.tell_budget(chat, before)
        save(chat)
