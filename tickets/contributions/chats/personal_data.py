"""What chats hold of a person; that there were chats, how long and how rated stays."""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q

from customers import personal_data
from customers.actors import Actor, system_actor
from customers.models import Customer
from customers.personal_data.scrub import scrub
from customers.personal_data.subject import Subject
from tickets.chat import trail
from tickets.chat.lifecycle import ending
from tickets.models import (
    OPEN_CHATS,
    Chat,
    ChatAssignment,
    ChatEvent,
    ChatFeedEntry,
    ChatFile,
    ChatMessage,
    EndedBy,
    Sender,
    Visibility,
)


def register() -> None:
    tables = {Chat, ChatMessage, ChatFile, ChatEvent, ChatAssignment, ChatFeedEntry}
    personal_data.register("chats", _collect, _erase, tables=tables)


def _collect(customer: Customer, actor: Actor) -> dict[str, Any]:
    """What was said, without what colleagues wrote for themselves unless one of the team asks."""
    messages = ChatMessage.objects.filter(chat__customer=customer, recalled_at=None)
    if not actor.is_team:
        messages = messages.filter(visibility=Visibility.PUBLIC)
    chats = Chat.objects.filter(customer=customer).order_by("pk")
    files = ChatFile.objects.filter(chat__customer=customer).order_by("pk")
    return {
        "chats": list(
            chats.values(
                *("id", "entry", "address", "status", "created_at", "ended_at", "rating_score"),
                *("rating_comment", "rated_at"),
            )
        ),
        "chat_messages": list(
            messages.order_by("chat", "number").values(
                *("chat_id", "number", "sender", "sender_name", "type", "content", "created_at")
            )
        ),
        "chat_files": list(files.values("chat_id", "name", "content_type", "size", "created_at")),
    }


def _erase(customer: Customer, subject: Subject) -> None:
    _end_open(customer)
    chats = Chat.objects.filter(customer=customer)
    chats.update(address="", end_reason="", rating_comment="")
    messages = ChatMessage.objects.filter(chat__customer=customer)
    messages.update(content="", data={}, error="")
    messages.filter(sender=Sender.CUSTOMER).update(sender_name=subject.pseudonym)
    events = ChatEvent.objects.filter(chat__customer=customer)
    events.update(note="")
    _erase_files(customer)
    # What readers were told is not told again.
    ChatFeedEntry.objects.filter(chat__customer=customer).delete()
    own = Q(actor=None, actor_name=subject.name, chat__customer=customer)
    if subject.login_id is not None:
        own |= Q(actor=subject.login_id)
    ChatEvent.objects.filter(own).update(actor_name=subject.pseudonym)
    scrub(events, subject, (*subject.marks, subject.name), "from_value", "to_value")
    scrub(ChatMessage.objects.all(), subject, subject.marks, "content", "data", "error")
    scrub(Chat.objects.all(), subject, subject.marks, "end_reason", "rating_comment", "address")
    scrub(ChatEvent.objects.all(), subject, subject.marks, "from_value", "to_value", "note")
    scrub(ChatFile.objects.all(), subject, subject.marks, "name")
    scrub(ChatAssignment.objects.all(), subject, subject.words, "reason", "candidates")
    scrub(ChatFeedEntry.objects.all(), subject, subject.words, "data")


def _end_open(customer: Customer) -> None:
    """Nobody is left to talk to; the agent has the slot back."""
    actor = system_actor()
    chats = Chat.objects.filter(customer=customer, status__in=OPEN_CHATS)
    for pk in list(chats.values_list("pk", flat=True)):
        chat = trail.lock_chat(pk, actor)
        ending.end(chat, actor=actor, by=EndedBy.SYSTEM, is_said=False)


def _erase_files(customer: Customer) -> None:
    """Rows at once; the files once that is certain."""
    files = ChatFile.objects.filter(chat__customer=customer)
    stored = [(row.file.storage, row.file.name) for row in files if row.file.name]
    files.delete()
    for storage, name in stored:
        transaction.on_commit(partial(storage.delete, name))
