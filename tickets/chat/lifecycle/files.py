"""A chat's files go along to its ticket, each checked and kept there as any other attachment."""

from django.core.files.uploadedfile import SimpleUploadedFile

from config.errors import AppError
from config.logs import get_logger
from customers.actors import system_actor
from tickets.models import ChatFile, ChatMessage, Visibility
from tickets.relations.attachments import attachment_add

logger = get_logger(__name__)

MOST = 20


def files_copy(*, chat_id: int, ticket_id: int) -> int:
    """The newest public files of the chat; the same one again is kept once. Returns how many."""
    shown = ChatMessage.objects.filter(
        chat=chat_id, visibility=Visibility.PUBLIC, recalled_at__isnull=True, file__isnull=False
    )
    newest = shown.order_by("-number").values_list("file", flat=True)[:MOST]
    files = ChatFile.objects.filter(pk__in=list(newest)).order_by("pk")
    return sum(_copy(file, ticket_id) for file in files)


def _copy(file: ChatFile, ticket_id: int) -> bool:
    try:
        with file.file.open("rb") as content:
            upload = SimpleUploadedFile(file.name, content.read(), file.content_type)
        attachment_add(ticket_id=ticket_id, upload=upload, actor=system_actor())
    except (AppError, FileNotFoundError) as error:
        # One that is gone, or no longer taken, must not keep the others back.
        logger.warning("chat_file_not_copied", file=file.pk, ticket=ticket_id, error=str(error))
        return False
    return True
