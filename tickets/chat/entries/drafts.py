"""What an agent does with a message that has not left: sends a failed one again, drops a held one."""

from django.db import transaction
from django.utils import timezone

from config.errors import ConflictError, NotFoundError
from customers.actors import Actor
from tickets.chat.entries import outgoing
from tickets.chat.lifecycle.charge import require_charge
from tickets.chat.messages.recall import emptied
from tickets.chat.messages.writing import wait_anew
from tickets.chat.trail import lock_chat, require_open, require_team, save
from tickets.models import Chat, ChatMessage, ChatMessageStatus, Sender, Visibility


@transaction.atomic
def message_resend(*, chat_id: int, message_id: int, actor: Actor) -> ChatMessage:
    """The failed message on its way again, behind what waits before it and within the budget.

    Raises `NotFoundError`, `NotAllowedError` for who has not the chat, `ConflictError` naming the
    status of one that has not failed, or the chat's when it has ended.
    """
    chat, message = _held(chat_id, message_id, actor)
    if message.status != ChatMessageStatus.FAILED or message.recalled_at is not None:
        raise _refuse(message, "只有发送失败的消息可以重发")
    require_open(chat)
    message.status, message.carrier, message.error = ChatMessageStatus.HELD, None, ""
    message.save(update_fields=["status", "carrier", "error"])
    outgoing.pump(chat, fresh=message)
    wait_anew(chat, timezone.now())
    save(chat)
    outgoing.tell_moved(chat, [message])
    return message


@transaction.atomic
def message_cancel(*, chat_id: int, message_id: int, actor: Actor) -> ChatMessage:
    """The message that has not left yet, taken back. Raises as `message_resend`."""
    chat, message = _held(chat_id, message_id, actor)
    is_ours = message.sender != Sender.CUSTOMER and message.recalled_at is None
    waits = message.status == ChatMessageStatus.HELD or (
        message.status == ChatMessageStatus.SENDING and message.carrier_id is None
    )
    if not (is_ours and waits):
        raise _refuse(message, "只有还没有发出的消息可以取消")
    emptied(chat, message, actor)
    # Its place in the budget goes to whoever waits behind it.
    outgoing.pump(chat, fresh=message)
    save(chat)
    return message


def _held(chat_id: int, message_id: int, actor: Actor) -> tuple[Chat, ChatMessage]:
    """The chat, held, and one of the messages that its agent sends to the customer."""
    require_team(actor)
    chat = lock_chat(chat_id, actor)
    require_charge(chat, actor)
    said = chat.messages.filter(pk=message_id, visibility=Visibility.PUBLIC)
    message = said.select_related("file", "user").first()
    if message is None:
        raise NotFoundError(f"找不到消息 {message_id}")
    return chat, message


def _refuse(message: ChatMessage, why: str) -> ConflictError:
    said = "已撤回" if message.recalled_at else ChatMessageStatus(message.status).label
    return ConflictError(
        f"{why}：这条消息{said}",
        code="illegal_state",
        attr="status",
        extra={"status": message.status},
    )
