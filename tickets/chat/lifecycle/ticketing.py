"""From a chat to a ticket: the words go along, and both know each other."""

from django.db import transaction

from config.errors import InvalidInputError
from config.events.publish import enqueue
from customers.actors import Actor
from tickets.actions.create import TITLE_LENGTH, ticket_create
from tickets.chat import trail
from tickets.chat.entries import registry
from tickets.chat.lifecycle.charge import require_charge
from tickets.chat.lifecycle.transcript import customers_words, transcript
from tickets.chat.messages.writing import message_write, notice
from tickets.customer_side.links import Audience, ticket_url
from tickets.models import (
    Chat,
    ChatEventKind,
    ChatMessageType,
    ChatStatus,
    Priority,
    Sender,
    Ticket,
)

COPY_FILES = "tickets.tasks.chat.lifecycle.copy_files"


@transaction.atomic
def chat_to_ticket(
    *, chat_id: int, actor: Actor, title: str = "", priority: str = "", product: str = ""
) -> tuple[Ticket, bool]:
    """The chat's ticket, and whether it is new: asked again it is the same one.

    Raises `NotFoundError`, `NotAllowedError` for customers and for colleagues without charge of
    the chat, `InvalidInputError`.
    """
    chat = trail.lock_chat(chat_id, actor)
    require_charge(chat, actor)
    if chat.ticket is not None:
        return chat.ticket, False
    ticket = ticket_from(chat, actor=actor, title=title, priority=priority, product=product)
    trail.save(chat)
    trail.tell(chat, "chat.updated")
    return ticket, True


def ticket_from(
    chat: Chat,
    *,
    actor: Actor,
    title: str = "",
    priority: str = "",
    product: str = "",
    description: str = "",
) -> Ticket:
    """The ticket of a locked chat, which the caller saves; an earlier one is answered again.

    Without `description` the transcript serves. The customer is told its number while the chat
    goes on. Raises `InvalidInputError`.
    """
    if chat.ticket is not None:
        return chat.ticket
    if priority and priority not in Priority:
        raise InvalidInputError("优先级不正确", attr="priority")
    ticket = ticket_create(
        customer=chat.customer,
        description=description or transcript(chat),
        actor=actor,
        title=title.strip() or _title(chat),
        priority=priority or Priority.NORMAL,
        product=product,
    )
    chat.ticket = ticket
    trail.record(chat, actor, ChatEventKind.TICKETED, to_value=f"#{ticket.pk}")
    if chat.files.exists():
        enqueue(COPY_FILES, [[chat.pk, ticket.pk]], queue="chat")
    if chat.status == ChatStatus.ACTIVE:
        _tell_customer(chat, ticket)
    return ticket


def unattended_ticket(chat: Chat, *, actor: Actor) -> Ticket | None:
    """The ticket of a locked chat that nobody was there for; None when nothing was written."""
    words = customers_words(chat)
    if not words:
        return None
    return ticket_from(chat, actor=actor, description=words)


def _title(chat: Chat) -> str:
    """The customer's first words say what it is about."""
    words = customers_words(chat)
    first = words.splitlines()[0] if words else f"{chat.customer.name}的在线会话"
    return first[:TITLE_LENGTH]


def _tell_customer(chat: Chat, ticket: Ticket) -> None:
    said = f"已为您创建工单 #{ticket.pk}：{ticket.title}"
    if ChatMessageType.CARD not in registry.get(chat.entry).types:
        notice(chat, f"{said}\n{ticket_url(ticket, Audience.CUSTOMER)}", is_essential=True)
        return
    message_write(
        chat,
        sender=Sender.SYSTEM,
        sender_name="系统",
        type=ChatMessageType.CARD,
        content=said,
        data={
            "title": f"工单 #{ticket.pk}",
            "description": ticket.title,
            "url": ticket_url(ticket, Audience.CUSTOMER),
            "ticket_id": ticket.pk,
        },
        is_essential=True,
    )
