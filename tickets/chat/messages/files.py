"""Files of a chat: kept outside what is served, handed out through the chat's own door."""

from dataclasses import asdict
from typing import Any, TypedDict, cast

from django.core.files.uploadedfile import UploadedFile

from config.errors import ConflictError, NotFoundError
from config.runtime import store
from customers.actors import Actor
from tickets.chat.messages.queries import messages_of
from tickets.models import Chat, ChatFile, ChatMessageType
from tickets.uploads.checks import Checked, checked
from tickets.uploads.storing import Keep


class Limits(TypedDict):
    """The runtime setting `chat.files`."""

    customer_max_bytes: int
    team_max_bytes: int
    per_chat: int


def limits() -> Limits:
    return cast("Limits", store.get("chat.files"))


def looked_at(upload: "UploadedFile[Any]", actor: Actor) -> Checked:
    """Raises `InvalidInputError` with attr `file`."""
    ours = limits()
    most = ours["team_max_bytes"] if actor.is_team else ours["customer_max_bytes"]
    return checked(upload, most_bytes=most)


def type_of_message(made: Checked) -> ChatMessageType:
    return ChatMessageType.IMAGE if made.is_picture else ChatMessageType.FILE


def file_keep(chat: Chat, upload: "UploadedFile[Any]", made: Checked, keep: Keep) -> ChatFile:
    """The file in a locked chat. Raises `ConflictError` with attr `file` for a chat that is full."""
    most = limits()["per_chat"]
    if ChatFile.objects.filter(chat=chat).count() >= most:
        raise ConflictError(
            f"会话 {chat.pk} 的文件已达 {most} 个", code="too_many_files", attr="file"
        )
    file = ChatFile(chat=chat, **asdict(made))
    keep(file.file, made.name, upload)
    file.save()
    return file


def file_of(chat: Chat, file_id: int, actor: Actor) -> ChatFile:
    """A file of a message that this side may read; raises `NotFoundError`."""
    message = messages_of(chat, actor).filter(file_id=file_id, recalled_at=None).first()
    if message is None or message.file is None:
        raise NotFoundError(f"会话 {chat.pk} 没有文件 {file_id}")
    return message.file
