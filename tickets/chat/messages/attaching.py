"""A customer's picture or file that came after its message: platforms hand them out on request."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from customers.actors import customer_actor
from tickets.chat.entries import registry
from tickets.chat.messages import files
from tickets.chat.trail import lock_chat, save, tell
from tickets.models import ChatMessage, Visibility
from tickets.uploads.storing import files_taken_back


def customer_file_attach(
    *, message_id: int, upload: "UploadedFile[Any]", keeps_words: bool = False
) -> ChatMessage:
    """The message with its file, told anew; one that has a file, or was recalled, stays as it is.

    Words that only stood for the file go, unless it `keeps_words`: a voice's are what was said.

    Raises `InvalidInputError` with attr `file`, `ConflictError` for a chat that is full.
    """
    seen = ChatMessage.objects.select_related("chat__customer").get(pk=message_id)
    actor = customer_actor(seen.chat.customer, registry.get(seen.entry).door)
    made = files.looked_at(upload, actor)
    with files_taken_back() as keep, transaction.atomic():
        chat = lock_chat(seen.chat_id, actor)
        message = chat.messages.select_related("file").get(pk=message_id)
        if message.file is not None or message.recalled_at is not None:
            return message
        message.file = files.file_keep(chat, upload, made, keep)
        message.type = files.type_of_message(made)
        message.content = message.content if keeps_words else ""
        message.save(update_fields=["file", "type", "content"])
        save(chat)
        is_internal = message.visibility == Visibility.INTERNAL
        tell(chat, "chat.message", message=message, is_internal=is_internal)
        return message
