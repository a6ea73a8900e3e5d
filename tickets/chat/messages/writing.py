"""Putting a message into a locked chat: its number, what it does to the clocks, and who is told."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from customers.models import User
from tickets.chat import clock
from tickets.chat.entries import outgoing
from tickets.chat.trail import tell
from tickets.models import (
    Chat,
    ChatFile,
    ChatMessage,
    ChatMessageStatus,
    ChatMessageType,
    ChatStatus,
    Sender,
    Visibility,
)


def message_write(
    chat: Chat,
    *,
    sender: str,
    content: str,
    type: str = ChatMessageType.TEXT,  # noqa: A002 - the field's own name
    data: dict[str, Any] | None = None,
    user: User | None = None,
    sender_name: str = "",
    file: ChatFile | None = None,
    visibility: str = Visibility.PUBLIC,
    entry: str = "",
    client_id: str = "",
    external_id: str = "",
    is_essential: bool = False,
    now: datetime | None = None,
) -> ChatMessage:
    """The chat's next message; the caller holds the chat and saves it (`tickets.chat.trail.save`).

    What is for the customer leaves through the chat's entry. Internal messages move no clock. A
    notice of the system's leaves through an entry with a send budget only if it `is_essential`.
    """
    now = now or timezone.now()
    visibility = outgoing.visibility_of(chat, sender, visibility, is_essential=is_essential)
    chat.last_number += 1
    message = ChatMessage.objects.create(
        chat=chat,
        number=chat.last_number,
        sender=sender,
        user=user,
        sender_name=sender_name,
        type=type,
        visibility=visibility,
        content=content,
        data=data or {},
        file=file,
        entry=entry or chat.entry,
        client_id=client_id,
        external_id=external_id,
        status=ChatMessageStatus.SENT,
        sent_at=now,
    )
    is_internal = visibility == Visibility.INTERNAL
    if not is_internal:
        _move_clocks(chat, Sender(sender), now)
        chat.unread_by_agent += sender == Sender.CUSTOMER
        chat.unread_by_customer += sender == Sender.AGENT
        if sender != Sender.CUSTOMER:
            outgoing.leave(chat, message)
            if message.status == ChatMessageStatus.FAILED:
                wait_anew(chat, now)
    tell(chat, "chat.message", message=message, is_internal=is_internal)
    return message


def notice(
    chat: Chat, content: str, *, is_internal: bool = False, is_essential: bool = False
) -> ChatMessage:
    """A line of the system's in a locked chat, such as 李四 已接入; the caller saves the chat."""
    return message_write(
        chat,
        sender=Sender.SYSTEM,
        content=content,
        sender_name="系统",
        visibility=Visibility.INTERNAL if is_internal else Visibility.PUBLIC,
        is_essential=is_essential,
    )


def _move_clocks(chat: Chat, sender: Sender, now: datetime) -> None:
    """Who waits for whom. A notice of the system's answers nobody."""
    if sender is Sender.SYSTEM:
        return
    chat.last_message_at = now
    chat.idle_warned_at = None
    if sender is Sender.CUSTOMER:
        chat.last_customer_at = now
        if chat.waiting_since is None:
            chat.waiting_since = now
            if chat.status == ChatStatus.ACTIVE:
                chat.reply_due_at = clock.reply_due(now)
        return
    chat.waiting_since = None
    chat.reply_due_at = None
    if chat.first_replied_at is None:
        chat.first_replied_at = now


def wait_anew(chat: Chat, now: datetime) -> None:
    """Who waits for whom, once something said counts no more or again; the caller saves the chat.

    What was recalled or has failed answers nobody, and nobody waits for an answer to what they took
    back.
    """
    said = chat.messages.filter(visibility=Visibility.PUBLIC, recalled_at=None)
    answers = said.filter(sender=Sender.AGENT).exclude(status=ChatMessageStatus.FAILED)
    answered = answers.order_by("-number").values_list("number", flat=True).first() or 0
    unanswered = said.filter(sender=Sender.CUSTOMER, number__gt=answered).order_by("number")
    since = unanswered.values_list("created_at", flat=True).first()
    if since is None:
        chat.reply_due_at = None
    elif chat.waiting_since is None:
        chat.idle_warned_at = None
        if chat.status == ChatStatus.ACTIVE:
            chat.reply_due_at = clock.reply_due(now)
    chat.waiting_since = since
