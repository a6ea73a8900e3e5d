"""Taking one's own words back, soon after they were said: nothing is left but that it was."""

from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from config.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from config.runtime import store
from customers.actors import Actor
from messaging.actions import recall as carriers
from messaging.models import Message
from tickets.chat.entries import outgoing, registry
from tickets.chat.messages.marks import count_unread
from tickets.chat.messages.queries import messages_of
from tickets.chat.messages.writing import wait_anew
from tickets.chat.trail import lock_chat, record, save, tell
from tickets.chat.visibility import chats_visible_to
from tickets.models import (
    Chat,
    ChatEventKind,
    ChatMessage,
    ChatMessageStatus,
    Sender,
    Visibility,
)

_WAITING = (ChatMessageStatus.HELD, ChatMessageStatus.SENDING)


def message_recall(*, chat_id: int, message_id: int, actor: Actor) -> ChatMessage:
    """The message without its content, for both sides; who recalled it and when stays in the trail.

    Within `chat.recall_seconds`, one's own; recalled again it stays as it is. What a platform has is
    taken back there first, outside any transaction. Raises `NotFoundError`, `NotAllowedError` for
    somebody else's, `ConflictError` for what is too old or cannot be taken back.
    """
    chat = chats_visible_to(actor).filter(pk=chat_id).first()
    if chat is None:
        raise NotFoundError(f"找不到会话 {chat_id}")
    message = _own(chat, message_id, actor)
    if message.recalled_at is not None:
        return message
    _require_recent(message)
    if message.carrier is not None:
        _take_back(message, message.carrier)
    return _empty(message, actor)


def _own(chat: Chat, message_id: int, actor: Actor) -> ChatMessage:
    said = messages_of(chat, actor).select_related("file", "carrier")
    message = said.filter(pk=message_id).first()
    if message is None:
        raise NotFoundError(f"会话 {chat.pk} 没有消息 {message_id}")
    if actor.is_team:
        is_own = actor.user is not None and message.user_id == actor.user.pk
    else:
        is_own = message.sender == Sender.CUSTOMER and chat.customer_id == actor.customer_id
    if not is_own:
        raise NotAllowedError("只能撤回自己的消息")
    return message


def _require_recent(message: ChatMessage) -> None:
    seconds = store.get_int("chat.recall_seconds")
    if timezone.now() - message.created_at > timedelta(seconds=seconds):
        raise ConflictError(
            f"发送超过 {seconds} 秒的消息不能撤回", code="too_late", attr="created_at"
        )
    entry = message.entry
    is_ours = entry in registry.codes() and registry.get(entry).knows_reading
    if message.sender == Sender.CUSTOMER and not is_ours:
        raise ConflictError("只能在发送消息的平台上撤回", code="not_recallable", attr="entry")


def _take_back(message: ChatMessage, carrier: Message) -> None:
    """Asks the platform, which is asked once: an earlier call may have got no further."""
    if carrier.error_code == "recalled":
        return
    try:
        carriers.message_recall(message=carrier)
    except InvalidInputError:
        raise ConflictError(
            f"消息已通过{registry.label(message.entry)}发出，不能撤回",
            code="not_recallable",
            attr="entry",
        ) from None


@transaction.atomic
def _empty(seen: ChatMessage, actor: Actor) -> ChatMessage:
    chat = lock_chat(seen.chat_id, actor)
    message = _own(chat, seen.pk, actor)
    if message.recalled_at is not None:
        return message
    if message.carrier_id != seen.carrier_id:
        raise ConflictError("消息正在发出，请稍后再撤回", code="on_its_way", attr="status")
    waits = message.carrier_id is None and message.status in _WAITING
    emptied(chat, message, actor)
    if waits:
        # Its place in the budget goes to whoever waits behind it.
        outgoing.pump(chat, fresh=message)
    save(chat)
    return message


def emptied(chat: Chat, message: ChatMessage, actor: Actor) -> None:
    """A message of a locked chat without what it said, recorded and told; the caller saves the chat."""
    message.recalled_at = timezone.now()
    message.content, message.data = "", {}
    if message.status == ChatMessageStatus.HELD:
        # It has not left yet, and now never will.
        message.status, message.error = ChatMessageStatus.FAILED, "已撤回"
    file, message.file = message.file, None
    message.save()
    if file is not None:
        storage, name = file.file.storage, str(file.file.name)
        file.delete()
        transaction.on_commit(partial(storage.delete, name))
    count_unread(chat)
    if message.visibility == Visibility.PUBLIC:
        wait_anew(chat, message.recalled_at)
    record(chat, actor, ChatEventKind.RECALLED, to_value=str(message.number))
    tell(
        chat,
        "message.recalled",
        message=message,
        is_internal=message.visibility == Visibility.INTERNAL,
    )
