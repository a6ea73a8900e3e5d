"""Pictures that customers send along with their words."""

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from config.errors import InvalidInputError
from customers.actors import Actor
from tickets.models import Ticket, TicketAttachment, Visibility
from tickets.relations.attachments import attachment_add
from tickets.uploads.types import RASTER_TYPES

MOST = 5
MEGABYTES = 10
MOST_BYTES = MEGABYTES * 1024 * 1024
# What the pages say of it.
LIMITS = {
    "most": MOST,
    "bytes": MOST_BYTES,
    "megabytes": MEGABYTES,
    "accept": "image/jpeg,image/png,image/webp,image/gif",
}


def check(uploads: Sequence["UploadedFile[Any]"]) -> None:
    """Raises `InvalidInputError` naming `pictures`."""
    if len(uploads) > MOST:
        raise InvalidInputError(f"最多上传 {MOST} 张图片", attr="pictures")
    for upload in uploads:
        if (upload.size or 0) > MOST_BYTES:
            name = (upload.name or "")[:40]
            raise InvalidInputError(f"「{name}」超过 {MEGABYTES} MB", attr="pictures")


def pictures_add(ticket: Ticket, uploads: Sequence["UploadedFile[Any]"], actor: Actor) -> None:
    """Each as a public attachment, all or none. Call it within a transaction.

    Raises `InvalidInputError` naming `pictures`, and `ConflictError` when the ticket is full.
    """
    added: list[TicketAttachment] = []
    try:
        added.extend(_add(ticket, upload, actor) for upload in uploads)
    except BaseException:
        # The transaction takes the rows back, not the files.
        for attachment in added:
            attachment.file.delete(save=False)
        raise


def _add(ticket: Ticket, upload: "UploadedFile[Any]", actor: Actor) -> TicketAttachment:
    try:
        attachment = attachment_add(
            ticket_id=ticket.pk, upload=upload, actor=actor, visibility=Visibility.PUBLIC
        )
    except InvalidInputError as error:
        name = (upload.name or "")[:40]
        raise InvalidInputError(f"「{name}」{error.detail}", attr="pictures") from None
    if attachment.content_type not in RASTER_TYPES:
        attachment.file.delete(save=False)
        raise InvalidInputError(
            "只能上传图片（JPG、PNG、GIF、WebP）", code="not_a_picture", attr="pictures"
        )
    return attachment
