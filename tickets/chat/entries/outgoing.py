"""What we say to a customer, on its way through the entry they wrote from.

`messaging` keeps no order between two messages, so of a chat only one is under way at a time; the
next leaves when its outcome is known (`results`). `held` waits for the send budget, `sending`
without a carrier has its place in it and waits for the one before.
"""

import secrets
from collections.abc import Sequence

from django.utils import timezone

from config.errors import AppError
from messaging.sending.accept import NewMessage, message_accept
from tickets.chat import budget
from tickets.chat.entries import registry
from tickets.chat.entries.base import ChatEntry
from tickets.chat.trail import tell
from tickets.models import Chat, ChatMessage, ChatMessageStatus, Sender, Visibility

# How messages of chats are marked, so that their outcome is told (`messaging.sending.followed`).
MARK = "chat:"
PRIORITY = 9
_OPEN = (ChatMessageStatus.HELD, ChatMessageStatus.SENDING)


def visibility_of(chat: Chat, sender: str, visibility: str, *, is_essential: bool) -> str:
    """A notice that is not essential costs a customer's budget nothing: the team alone reads it."""
    if sender == Sender.SYSTEM and not is_essential and budget.is_limited(chat):
        return Visibility.INTERNAL
    return visibility


def leave(chat: Chat, message: ChatMessage) -> None:
    """Sends a new public message of a locked chat on its way; the caller saves the chat.

    On our own page it is there already. Raises `InvalidInputError` for what the entry cannot take.
    """
    entry = registry.get(chat.entry)
    if entry.is_ours:
        return
    if message.sender == Sender.AGENT:
        entry.check(message)
    message.status, message.sent_at = ChatMessageStatus.HELD, None
    message.save(update_fields=["status", "sent_at"])
    pump(chat, fresh=message)


def pump(chat: Chat, *, fresh: ChatMessage | None = None) -> None:
    """Sends on what waits in a locked chat, in its order and within its budget; the caller saves it.

    Whoever follows the chat is told what has moved, save of `fresh`, which is told as a message.
    """
    before, now = budget.state(chat), timezone.now()
    found = [
        fresh if fresh is not None and fresh.pk == message.pk else message
        for message in _open_messages(chat)
    ]
    waiting = [message for message in found if message.carrier_id is None]
    is_carrying = len(waiting) < len(found)
    kept = {message.pk: message.status for message in waiting}
    # Places are given anew from the first on: one that came back goes before those behind it.
    budget.give_back(chat, sum(one.status == ChatMessageStatus.SENDING for one in waiting))
    entry, stands_still = registry.get(chat.entry), False
    for message in waiting:
        if message.recalled_at is not None:
            _drop(message, "已撤回，没有发送")
        elif stands_still or not budget.reserve(chat, now):
            message.status, stands_still = ChatMessageStatus.HELD, True
        elif entry.is_ours:
            message.status, message.sent_at = ChatMessageStatus.SENT, now
            message.entry = chat.entry
        else:
            message.status = ChatMessageStatus.SENDING
            is_carrying = is_carrying or _carry(chat, entry, message)
    moved = [message for message in waiting if message.status != kept[message.pk]]
    for message in waiting:
        message.save(update_fields=["status", "carrier", "entry", "error", "sent_at"])
    tell_moved(chat, [message for message in moved if message is not fresh])
    tell_budget(chat, before)


def entry_changed(chat: Chat) -> None:
    """What waits leaves where the customer writes now; the caller saves the locked chat.

    What may be sent there is that entry's own: whoever brings the message counts it anew.
    """
    hold_waiting(chat)
    chat.window_ends_at = chat.sends_left = None
    pump(chat)


def tell_moved(chat: Chat, messages: Sequence[ChatMessage]) -> None:
    if messages:
        tell(chat, "message.status", ids=[message.pk for message in messages])


def tell_budget(chat: Chat, before: object) -> None:
    """The composer shows it live."""
    if budget.state(chat) != before:
        tell(chat, "chat.updated")


def hold_waiting(chat: Chat) -> None:
    """The budget is over whatever it promised: what had a place in it waits for the next."""
    chat.messages.filter(status=ChatMessageStatus.SENDING, carrier=None).exclude(
        sender=Sender.CUSTOMER
    ).update(status=ChatMessageStatus.HELD)


def _open_messages(chat: Chat) -> list[ChatMessage]:
    rows = chat.messages.filter(status__in=_OPEN, visibility=Visibility.PUBLIC)
    rows = rows.exclude(sender=Sender.CUSTOMER)
    return list(rows.select_related("user", "file").order_by("number"))


def _carry(chat: Chat, entry: ChatEntry, message: ChatMessage) -> bool:
    """Hands it to `messaging`; False when it cannot even be written there."""
    message.entry = chat.entry
    try:
        new = NewMessage(
            channel=entry.channel,
            recipient=chat.address,
            payload=entry.payload(chat, message),
            priority=PRIORITY,
            account=entry.account(chat),
            customer_id=chat.customer_id,
            dedupe_key=f"{MARK}{message.pk}:{secrets.token_hex(4)}",
            # A retry that comes after the window would only be refused.
            expires_at=chat.window_ends_at if budget.is_limited(chat) else None,
        )
        message.carrier = message_accept(new, created_by=message.user)
    except AppError as error:
        _drop(message, error.detail)
        budget.give_back(chat)
        return False
    return True


def _drop(message: ChatMessage, why: str) -> None:
    message.status, message.error = ChatMessageStatus.FAILED, why[:200]
