"""Importing customers: accepted at once, worked in chunks that a crash neither loses nor doubles.

A chunk's rows, its errors and the new `position` are one transaction, so whoever goes on after a
crash goes on behind it. Two workers of one import cannot harm it: the second finds the position
moved, and leaves.
"""

import hashlib
import secrets
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import F, Q
from django.utils import timezone

from config.api.roles import Role
from config.database.locks import transaction_lock
from config.events.publish import enqueue
from config.logs import get_logger
from customers.actions.history import require_team
from customers.actors import Actor, Entry
from customers.importing.content import Content, read_content
from customers.importing.matching import Planned, plan
from customers.importing.rows import ImportRow, rows_of
from customers.importing.writing import write
from customers.models import CustomerImport, ImportRowError, ImportStatus, User

logger = get_logger(__name__)

CHUNK = 500
# A task hands on to another one after so long, so that nothing else waits behind a large table.
SECONDS = 45
# An import whose worker was silent for so long is taken over.
SILENT = timedelta(seconds=90)
# Colleagues may add the same customers meanwhile: the chunk is then looked at anew.
TRIES = 3
TASK = "customers.tasks.imports.work_import"
UNKNOWN_COLUMN = "unknown_column"
_OPEN = (ImportStatus.QUEUED, ImportStatus.RUNNING)


@transaction.atomic
def import_accept(
    *, file: BinaryIO, name: str, is_dry_run: bool, actor: Actor
) -> tuple[CustomerImport, list[str]]:
    """The import, queued, and the names of columns that it will leave out.

    Raises `InvalidInputError` with `attr="file"` for what is no table of customers.
    """
    require_team(actor)
    content, unknown = read_content(file, name, actor)
    packed = content.packed()
    job = CustomerImport.objects.create(
        import_id=_new_id(),
        file_name=name.replace("\x00", "")[-200:],
        content=packed,
        digest=hashlib.sha256(packed).hexdigest(),
        is_dry_run=is_dry_run,
        total=len(content.rows),
        created_by=actor.user,
    )
    warned = dict.fromkeys(column[:64] for column in unknown)
    ImportRowError.objects.bulk_create(
        ImportRowError(
            job=job, line=1, field=column, code=UNKNOWN_COLUMN, detail="未知的列，已忽略"
        )
        for column in warned
    )
    enqueue(TASK, [[job.pk]], queue="default")
    return job, list(warned)


def import_work(*, job_pk: int) -> None:
    """Works an import for a while, and leaves the rest to the next task; an ended one is left alone."""
    until = time.monotonic() + SECONDS
    job = CustomerImport.objects.filter(pk=job_pk, status__in=_OPEN).first()
    if job is None:
        return
    CustomerImport.objects.filter(pk=job_pk).update(heartbeat_at=timezone.now())
    try:
        content = Content.unpacked(bytes(job.content))
        if content.author_is_gone():
            _fail(job_pk, "提交人的账号已停用")
            return
        rows, actor = rows_of(content), _author(content)
        position: int | None = job.position
        while position is not None and position < job.total:
            if time.monotonic() > until:
                enqueue(TASK, [[job_pk]], queue="default")
                return
            position = _advance(job_pk, position, rows, actor)
    except (OperationalError, InterfaceError):
        raise  # the database is away: the sweep takes the import up again
    except Exception:
        logger.exception("import_failed", import_id=job.import_id)
        _fail(job_pk, "内部错误，已停止；已导入的行保留，可重新上传整个文件")


def imports_resume() -> int:
    """Starts the work of imports again whose worker died; returns how many."""
    silent_since = timezone.now() - SILENT
    silent = Q(heartbeat_at__lt=silent_since) | Q(heartbeat_at=None, created_at__lt=silent_since)
    dead = CustomerImport.objects.filter(silent, status__in=_OPEN)
    with transaction.atomic():
        ids = list(dead.values_list("pk", flat=True))
        enqueue(TASK, [[pk] for pk in ids], queue="default")
    return len(ids)


def _author(content: Content) -> Actor:
    """Whoever sent it, with what they may do today; the door it came through is the import."""
    user = User.objects.filter(pk=content.user_id).first() if content.user_id else None
    role = Role(user.role) if user else Role.ADMIN
    return Actor(user, content.by, role, Entry.IMPORT)


def _advance(job_pk: int, position: int, rows: Sequence[ImportRow], actor: Actor) -> int | None:
    """Works the chunk behind `position`; the new one, or None when another worker has moved it."""
    chunk = rows[position : position + CHUNK]
    own_errors = [list(row.errors) for row in chunk]
    for attempt in range(1, TRIES + 1):
        for row, errors in zip(chunk, own_errors, strict=True):
            row.errors = list(errors)
        try:
            return _work_chunk(job_pk, position, chunk, actor)
        except IntegrityError:
            if attempt == TRIES:
                raise
    return None


@transaction.atomic
def _work_chunk(job_pk: int, position: int, chunk: Sequence[ImportRow], actor: Actor) -> int | None:
    held = CustomerImport.objects.select_for_update(of=("self",)).defer("content")
    job = held.filter(pk=job_pk, status__in=_OPEN, position=position).first()
    if job is None:
        return None
    if not job.is_dry_run:
        # One after the other: two tables of the same people would meet at the unique indexes.
        transaction_lock("customers.import")
    planned = plan(chunk, actor, hold=not job.is_dry_run)
    if not job.is_dry_run:
        write(planned, actor, job.import_id)
    _keep_errors(job, chunk)
    _move(job, position + len(chunk), _count(planned, chunk))
    return position + len(chunk)


@dataclass(frozen=True)
class _Counts:
    created: int
    updated: int
    unchanged: int
    failed: int


def _count(planned: Sequence[Planned], chunk: Sequence[ImportRow]) -> _Counts:
    kinds = Counter(
        "created" if item.is_new else "unchanged" if item.is_unchanged else "updated"
        for item in planned
    )
    failed = sum(1 for row in chunk if row.errors)
    return _Counts(kinds["created"], kinds["updated"], kinds["unchanged"], failed)


def _keep_errors(job: CustomerImport, chunk: Sequence[ImportRow]) -> None:
    ImportRowError.objects.bulk_create(
        ImportRowError(
            job=job, line=row.line, field=name, code=error.code, detail=error.detail[:300]
        )
        for row in chunk
        for name, error in {error.field: error for error in reversed(row.errors)}.items()
    )


def _move(job: CustomerImport, position: int, counts: _Counts) -> None:
    now = timezone.now()
    ended = position >= job.total
    CustomerImport.objects.filter(pk=job.pk).update(
        position=position,
        created_count=F("created_count") + counts.created,
        updated_count=F("updated_count") + counts.updated,
        unchanged_count=F("unchanged_count") + counts.unchanged,
        failed_count=F("failed_count") + counts.failed,
        heartbeat_at=now,
        status=ImportStatus.FINISHED if ended else ImportStatus.RUNNING,
        **({"finished_at": now, "content": b""} if ended else {}),
    )


def _fail(job_pk: int, why: str) -> None:
    CustomerImport.objects.filter(pk=job_pk, status__in=_OPEN).update(
        status=ImportStatus.FAILED, error=why, content=b"", finished_at=timezone.now()
    )


def _new_id() -> str:
    """As messages are numbered: the minute, and what nobody guesses."""
    return f"IMP{timezone.now():%Y%m%d%H%M}{secrets.token_hex(6)}"
