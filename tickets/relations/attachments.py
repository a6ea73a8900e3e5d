"""Files of a ticket: taken in, handed out, taken away."""

from dataclasses import asdict
from functools import partial
from typing import Any, TypedDict, cast

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
from tickets.sla import clock
from tickets.uploads.checks import Checked, checked
from tickets.uploads.handing_out import file_response
from tickets.uploads.storing import Keep, files_taken_back


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
    made = checked(upload, most_bytes=limits()["max_bytes"])
    with files_taken_back() as keep:
        return _keep(ticket_id, upload, made, actor, Visibility(visibility), keep)


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
    """The file to keep, or, a picture, to look at. Raises `NotFoundError` when it is gone."""
    return file_response(
        attachment.file,
        name=attachment.name,
        content_type=attachment.content_type,
        inline=inline,
    )


@transaction.atomic
def _keep(
    ticket_id: int,
    upload: "UploadedFile[Any]",
    made: Checked,
    actor: Actor,
    visibility: Visibility,
    keep: Keep,
) -> TicketAttachment:
    """Row, file and event."""
    ticket = lock_ticket(ticket_id, actor)
    files = TicketAttachment.objects.filter(ticket=ticket)
    same = files.filter(sha256=made.sha256, visibility=visibility).first()
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
        **asdict(made),
    )
    keep(attachment.file, made.name, upload)
    if not actor.is_team:
        clock.resume(ticket, timezone.now())
    attachment.event = record(
        ticket, actor, EventKind.ATTACHED, to_value=made.name, visibility=visibility
    )
    attachment.save()
    return attachment
