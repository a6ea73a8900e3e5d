"""What customers write and do on a platform, brought into their chat.

All of it stands or falls with the caller's transaction, and the platform's own number of a message
makes the same one again nothing twice.
"""

import unicodedata
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from config.database.locks import transaction_lock
from config.errors import ConflictError
from config.logs import get_logger
from config.runtime import store
from customers.actors import Actor, customer_actor
from customers.merging import present_customer
from customers.models import Customer
from tickets.chat import budget
from tickets.chat.assignment.actions import chat_request
from tickets.chat.assignment.candidates import agents_hold
from tickets.chat.entries import outgoing, registry
from tickets.chat.entries.base import Act
from tickets.chat.entries.people import address_hold, customer_known, customer_met
from tickets.chat.lifecycle.reopening import chat_reopen
from tickets.chat.messages.actions import customer_say
from tickets.chat.trail import lock_chat, save
from tickets.models import (
    OPEN_CHATS,
    Chat,
    ChatMessage,
    ChatMessageStatus,
    ChatMessageType,
    EndedBy,
)

logger = get_logger(__name__)

REOPEN_MINUTES = "chat.reopen_minutes"
CONTENT_LENGTH = 5000
_NO_WORDS = "（空消息）"


@transaction.atomic
def customer_wrote(
    *,
    entry: str,
    address: str,
    content: str,
    external_id: str,
    type: str = ChatMessageType.TEXT,  # noqa: A002 - the field's own name
    data: dict[str, Any] | None = None,
    upload: "UploadedFile[Any] | None" = None,
    entry_account: str = "",
    name: str = "",
    at: datetime | None = None,
    act: Act = Act.MESSAGE,
) -> ChatMessage | None:
    """The message in its customer's chat: the open one, else one just ended, else a new one.

    `act` is what the platform counts it as: a menu's button opens less than words do. Who is not
    known becomes a customer called `name`. `at` is when it was written by the platform's
    clock (now, if it does not say): the send budget counts from there. None for a blocked customer,
    of whom nothing is stored. Raises `InvalidInputError` for an entry that nobody registered.
    """
    through = registry.get(entry)
    address_hold(entry, address, entry_account)
    first = ChatMessage.objects.filter(entry=entry, external_id=external_id).first()
    if external_id and first is not None:
        return first
    customer = customer_known(through, address, entry_account)
    if customer is not None and is_blocked(customer):
        logger.info("chat_message_of_blocked_customer", customer=customer.pk, entry=entry)
        return None
    if customer is None:
        agents_hold()  # before that somebody new is announced
        customer = customer_met(through, address, name)
    transaction_lock(f"chat.customer:{customer.pk}")
    # Somebody may have found meanwhile that they are another customer.
    customer = present_customer(customer)
    actor = customer_actor(customer, through.door)
    chat = _chat_for(customer, actor, entry=entry, address=address, entry_account=entry_account)
    # Before the words: what the agent has held back for them leaves first, in its order.
    _window_opens(chat, actor, act, at)
    return customer_say(
        chat_id=chat.pk,
        actor=actor,
        content=plain_words(content) or ("" if upload is not None else _NO_WORDS),
        type=type,
        data=data,
        upload=upload,
        external_id=external_id,
        entry=entry,
    )


@transaction.atomic
def customer_touched(
    *, entry: str, address: str, entry_account: str = "", at: datetime | None = None
) -> bool:
    """The customer tapped, scanned or followed: no words, but it may open the window a little.

    False where they have no open chat here.
    """
    through = registry.get(entry)
    customer = customer_known(through, address, entry_account)
    if customer is None or is_blocked(customer):
        return False
    transaction_lock(f"chat.customer:{customer.pk}")
    chats = Chat.objects.filter(customer=customer, status__in=OPEN_CHATS, entry=entry)
    pk = chats.filter(address=address).values_list("pk", flat=True).first()
    if pk is None:
        return False
    actor = customer_actor(customer, through.door)
    _window_opens(lock_chat(pk, actor), actor, Act.TOUCH, at)
    return True


def _chat_for(customer: Customer, actor: Actor, **where: str) -> Chat:
    """Reopens what ended a moment ago, and what still has an answer held for them; else asks anew."""
    transaction_lock(f"chat.customer:{customer.pk}")
    latest = Chat.objects.filter(customer=customer).order_by("-pk").first()
    if latest is not None and not latest.is_open and _goes_on(latest):
        # Longer ago than chats may be reopened: then a new one.
        with suppress(ConflictError):
            chat_reopen(chat_id=latest.pk, actor=actor)
    return chat_request(customer=customer, actor=actor, **where)


def _goes_on(ended: Chat) -> bool:
    if ended.ended_by == EndedBy.ASSISTANT:
        return False
    minutes = store.get_int(REOPEN_MINUTES)
    is_recent = ended.ended_at is not None and (
        timezone.now() - ended.ended_at < timedelta(minutes=minutes)
    )
    return is_recent or ended.messages.filter(status=ChatMessageStatus.HELD).exists()


def _window_opens(chat: Chat, actor: Actor, act: Act, at: datetime | None) -> None:
    chat = lock_chat(chat.pk, actor)
    before = budget.state(chat)
    now = timezone.now()
    budget.opened(chat, act, min(at or now, now))
    after = budget.state(chat)
    outgoing.pump(chat)
    if budget.state(chat) == after != before:
        outgoing.tell_budget(chat, before)
    if budget.state(chat) != before:
        save(chat)


def is_with_a_person(customer: Customer) -> bool:
    """Whether their next words belong to a chat: one that is open, or that goes on (`customer_wrote`)."""
    latest = Chat.objects.filter(customer=customer).order_by("-pk").first()
    return latest is not None and (latest.is_open or _goes_on(latest))


def is_blocked(customer: Customer) -> bool:
    """By the row as it is now."""
    customer.refresh_from_db(fields=["blocked_at"])
    return customer.is_blocked


def plain_words(content: str) -> str:
    """As a message can hold it: a platform's text is never refused for a character."""
    text = "".join(
        character
        for character in content.replace("\r\n", "\n")
        if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs")
    )
    return text.strip()[:CONTENT_LENGTH]
