"""Saying something in a chat: the customer, their agent, and colleagues among themselves."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from config.errors import ConflictError, InvalidInputError, NotAllowedError
from customers.actors import Actor
from tickets.chat.assignment.actions.asking import move_entry
from tickets.chat.assignment.actions.leaving import ensure_attended
from tickets.chat.messages import content as checks
from tickets.chat.messages import files
from tickets.chat.messages.again import said_before, said_outside
from tickets.chat.messages.marks import read_here
from tickets.chat.messages.mentions import named_in
from tickets.chat.messages.stale import refuse_stale
from tickets.chat.messages.writing import message_write
from tickets.chat.trail import lock_chat, refuse, require_open, require_team, save
from tickets.models import Chat, ChatMessage, ChatMessageType, ChatStatus, Sender, Visibility
from tickets.uploads.storing import files_taken_back

FILES = (ChatMessageType.IMAGE, ChatMessageType.FILE)


def customer_say(
    *,
    chat_id: int,
    actor: Actor,
    content: str = "",
    type: str = ChatMessageType.TEXT,  # noqa: A002 - the field's own name
    data: dict[str, Any] | None = None,
    upload: "UploadedFile[Any] | None" = None,
    client_id: str = "",
    external_id: str = "",
    entry: str = "",
) -> ChatMessage:
    """The customer's message in their chat; the same `client_id` or `external_id` again is the first.

    A file's kind tells its content, whatever `type` says; `content` beside it is its caption. `data`
    is what an entry knows beside the words. Raises `InvalidInputError`, `NotFoundError`,
    `NotAllowedError` for who is blocked or not the customer, `ConflictError` for an ended chat.
    """
    checks.client_name(client_id, "client_id", checks.CLIENT_ID_LENGTH)
    checks.client_name(external_id, "external_id", checks.EXTERNAL_ID_LENGTH)
    made = files.looked_at(upload, actor) if upload is not None else None
    kind = files.type_of_message(made) if made else checks.known_type(type)
    if kind not in (ChatMessageType.TEXT, *FILES):
        raise InvalidInputError("客户只能发送文字、图片和文件", attr="type")
    if kind in FILES and made is None:
        raise InvalidInputError("请附上文件", code="required", attr="file")
    words = checks.words(content, is_needed=made is None)
    with files_taken_back() as keep, transaction.atomic():
        chat = lock_chat(chat_id, actor)
        if actor.customer_id != chat.customer_id:
            raise NotAllowedError("只有客户本人可以这样发送")
        first = said_outside(entry or chat.entry, external_id) or said_before(
            chat, Sender.CUSTOMER, client_id
        )
        if first is not None:
            return first
        _require_welcome(chat)
        if entry and entry != chat.entry:
            move_entry(chat, entry, "", "", actor)
        message = message_write(
            chat,
            sender=Sender.CUSTOMER,
            sender_name=chat.customer.name,
            content=words,
            type=kind,
            data=data,
            file=files.file_keep(chat, upload, made, keep) if upload and made else None,
            entry=entry,
            client_id=client_id,
            external_id=external_id,
        )
        save(chat)
        ensure_attended(chat, actor)
        return message


def agent_say(
    *,
    chat_id: int,
    actor: Actor,
    content: str = "",
    type: str = ChatMessageType.TEXT,  # noqa: A002 - the field's own name
    data: dict[str, Any] | None = None,
    upload: "UploadedFile[Any] | None" = None,
    client_id: str = "",
    last_seen: int | None = None,
) -> ChatMessage:
    """The agent's answer, on its way to the customer; the same `client_id` again is the first.

    `last_seen` is the highest number its writer has seen: if a colleague has spoken since, it is a
    `ConflictError` `stale_reply` with what was `missed`; and the writer has read up to there.
    Raises `InvalidInputError`, `NotFoundError`, `NotAllowedError`, `ConflictError` for a chat that
    is not active or that somebody else has.
    """
    require_team(actor)
    checks.client_name(client_id, "client_id", checks.CLIENT_ID_LENGTH)
    made = files.looked_at(upload, actor) if upload is not None else None
    kind = files.type_of_message(made) if made else checks.known_type(type)
    if kind in FILES and made is None:
        raise InvalidInputError("请附上文件", code="required", attr="file")
    may_be_bare = made is not None or kind is ChatMessageType.CARD
    words = checks.words(content, is_needed=not may_be_bare)
    with files_taken_back() as keep, transaction.atomic():
        chat = lock_chat(chat_id, actor)
        first = said_before(chat, Sender.AGENT, client_id, actor)
        if first is not None:
            return first
        _require_agent(chat, actor)
        more = _more(kind, data or {}, chat, actor)
        if last_seen is not None:
            refuse_stale(chat, actor, last_seen)
            read_here(chat, actor, last_seen, timezone.now())
        message = message_write(
            chat,
            sender=Sender.AGENT,
            user=actor.user,
            sender_name=actor.name,
            content=words,
            type=kind,
            data=more,
            file=files.file_keep(chat, upload, made, keep) if upload and made else None,
            client_id=client_id,
        )
        save(chat)
        return message


@transaction.atomic
def note_add(
    *,
    chat_id: int,
    actor: Actor,
    content: str,
    data: dict[str, Any] | None = None,
    client_id: str = "",
) -> ChatMessage:
    """A colleague's words for colleagues, whatever the chat's state; `@李四` tells 李四.

    Raises `InvalidInputError`, `NotFoundError`, `NotAllowedError`.
    """
    require_team(actor)
    checks.client_name(client_id, "client_id", checks.CLIENT_ID_LENGTH)
    words = checks.words(content)
    chat = lock_chat(chat_id, actor)
    first = said_before(chat, Sender.AGENT, client_id, actor)
    if first is not None:
        return first
    message = message_write(
        chat,
        sender=Sender.AGENT,
        user=actor.user,
        sender_name=actor.name,
        content=words,
        data={**(data or {}), **named_in(chat, words, actor)},
        visibility=Visibility.INTERNAL,
        client_id=client_id,
    )
    save(chat)
    return message


def _require_welcome(chat: Chat) -> None:
    if chat.customer.is_blocked:
        raise NotAllowedError("您暂时不能发送消息", code="blocked")
    if not chat.is_open:
        raise refuse(chat, "会话已结束，可以重新打开（reopen）或重新发起（assign）")


def _require_agent(chat: Chat, actor: Actor) -> None:
    """Only who has the chat answers the customer; others look on and write notes."""
    require_open(chat)
    if chat.status != ChatStatus.ACTIVE or chat.agent is None:
        raise refuse(chat, "会话还没有客服接入，接入后才能回复")
    if actor.user is None or chat.agent_id != actor.user.pk:
        name = chat.agent.display_name
        raise ConflictError(
            f"会话由 {name} 接待，您可以写内部备注，或由主管接管后回复",
            code="not_your_chat",
            attr="agent",
            extra={"agent": {"id": chat.agent_id, "name": name}},
        )


def _more(kind: ChatMessageType, data: dict[str, Any], chat: Chat, actor: Actor) -> dict[str, Any]:
    if kind is ChatMessageType.CARD:
        return checks.card(data, chat, actor)
    if kind is ChatMessageType.QUICK_REPLIES:
        return checks.options(data)
    if data:
        raise InvalidInputError(f"{kind.label}消息没有附加内容", attr="data")
    return {}
