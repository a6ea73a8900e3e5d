"""Files of a ticket: taken in, handed out, taken away."""

import hashlib
from functools import partial
from typing import IO, Any, TypedDict, cast

from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import FileResponse
from django.utils import timezone

from config.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from config.runtime import store
from customers.actors import Actor
from tickets.actions.trail import lock_ticket, record
from tickets.models import EventKind, Ticket, TicketAttachment, Visibility
from tickets.relations.attachment_types import RASTER_TYPES, type_of
from tickets.relations.file_names import clean_name, extension_of
from tickets.sla import clock
from tickets.storage import private_storage

# Whatever the runtime setting says: the servers' body limits stand behind it.
HARD_CAP_BYTES = 20 * 1024 * 1024
PIECE = 256 * 1024


class Limits(TypedDict):
    """The runtime setting `ticket.attachments`."""

    max_bytes: int
    per_ticket: int


def limits() -> Limits:
    return cast("Limits", store.get("ticket.attachments"))


def attachments_of(ticket: Ticket, actor: Actor) -> QuerySet[TicketAttachment]:
    """The ticket's files and those of tickets merged into it, oldest first; customers get public ones."""
    rule = Q(ticket=ticket) | Q(ticket__merged_into=ticket)
    files = TicketAttachment.objects.filter(rule).order_by("pk")
    return files if actor.is_team else files.filter(visibility=Visibility.PUBLIC)


def attachment_add(
    *,
    ticket_id: int,
    upload: "UploadedFile[Any]",
    actor: Actor,
    visibility: str = Visibility.PUBLIC,
) -> TicketAttachment:
    """The file on the ticket; the same content again is answered with the first.

    What it is tells its content, its name is made harmless. Customers add public ones. Raises
    `InvalidInputError` with attr `file`, `NotFoundError`, `NotAllowedError`, `ConflictError` for
    a merged ticket or one that is full.
    """
    if visibility not in Visibility:
        raise InvalidInputError("可见范围不正确", attr="visibility")
    if visibility == Visibility.INTERNAL and not actor.is_team:
        raise NotAllowedError("客户不能上传内部附件")
    made = _checked(upload)
    stored: list[str] = []
    try:
        return _keep(ticket_id, upload, made, actor, Visibility(visibility), stored)
    except BaseException:
        for name in stored:
            private_storage().delete(name)
        raise


@transaction.atomic
def attachment_remove(*, ticket_id: int, attachment_id: int, actor: Actor) -> None:
    """Its uploader's or an administrator's to take away; the trail keeps its name.

    Raises `NotFoundError`, `NotAllowedError`, `ConflictError` for a merged ticket.
    """
    ticket = lock_ticket(ticket_id, actor)
    attachment = find_attachment(ticket, attachment_id, actor)
    is_own = actor.user is not None and attachment.uploaded_by_id == actor.user.pk
    if not (is_own or actor.sees_all):
        raise NotAllowedError("只有上传人或管理员可以删除附件")
    name, storage = str(attachment.file.name), attachment.file.storage
    attachment.delete()
    record(
        ticket,
        actor,
        EventKind.ATTACHED,
        from_value=attachment.name,
        visibility=Visibility(attachment.visibility),
    )
    transaction.on_commit(partial(storage.delete, name))


def find_attachment(ticket: Ticket, attachment_id: int, actor: Actor) -> TicketAttachment:
    """One of `attachments_of`; raises `NotFoundError`."""
    found = attachments_of(ticket, actor).filter(pk=attachment_id).first()
    if found is None:
        raise NotFoundError(f"工单 #{ticket.pk} 没有附件 {attachment_id}")
    return found


def attachment_response(attachment: TicketAttachment, *, inline: bool = False) -> FileResponse:
    """The file to keep; pictures made of pixels may be shown, everything else never is.

    The browser is to believe the type, and to run nothing of it. Raises `NotFoundError` when the
    file is gone.
    """
    try:
        content = attachment.file.open("rb")
    except FileNotFoundError:
        raise NotFoundError("文件已不存在") from None
    response = FileResponse(
        content,
        as_attachment=not (inline and attachment.content_type in RASTER_TYPES),
        filename=attachment.name,
        content_type=attachment.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


class _Made(TypedDict):
    name: str
    content_type: str
    size: int
    sha256: str


def _checked(upload: "UploadedFile[Any]") -> _Made:
    most = min(limits()["max_bytes"], HARD_CAP_BYTES)
    size = upload.size or 0
    if not size:
        raise InvalidInputError("文件是空的", code="empty", attr="file")
    if size > most:
        shown = f"{most // 1024 // 1024} MB" if most >= 1024 * 1024 else f"{most // 1024} KB"
        raise InvalidInputError(f"文件不能超过 {shown}", code="too_large", attr="file")
    content = cast("IO[bytes]", upload)
    name = upload.name or ""
    kind = type_of(name, content)
    given = extension_of(name)
    return _Made(
        name=clean_name(name, given if given in kind.extensions else kind.extensions[0]),
        content_type=kind.content_type,
        size=size,
        sha256=_digest(content),
    )


def _digest(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    content.seek(0)
    while piece := content.read(PIECE):
        digest.update(piece)
    content.seek(0)
    return digest.hexdigest()


@transaction.atomic
def _keep(
    ticket_id: int,
    upload: "UploadedFile[Any]",
    made: _Made,
    actor: Actor,
    visibility: Visibility,
    stored: list[str],
) -> TicketAttachment:
    """Row, file and event; the file's name goes to `stored`, so that a failure can take it back."""
    ticket = lock_ticket(ticket_id, actor)
    files = TicketAttachment.objects.filter(ticket=ticket)
    same = files.filter(sha256=made["sha256"], visibility=visibility).first()
    if same is not None:
        return same
    most = limits()["per_ticket"]
    if files.count() >= most:
        raise ConflictError(
            f"工单 #{ticket.pk} 的附件已达 {most} 个", code="too_many_files", attr="file"
        )
    attachment = TicketAttachment(
        ticket=ticket,
        visibility=visibility,
        uploaded_by=actor.user,
        uploader_name=actor.name,
        entry=actor.entry,
        **cast("dict[str, Any]", made),
    )
    attachment.file.save(made["name"], File(cast("Any", upload)), save=False)
    stored.append(str(attachment.file.name))
    if not actor.is_team:
        clock.resume(ticket, timezone.now())
    attachment.event = record(
        ticket, actor, EventKind.ATTACHED, to_value=made["name"], visibility=visibility
    )
    attachment.save()
    return attachment
