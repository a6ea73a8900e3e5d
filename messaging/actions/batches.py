"""Stopping, holding and repeating what was accepted (contract.md §2)."""

from django.db import transaction
from django.db.models.functions import Now

from config.database import clock
from config.errors import ConflictError
from config.events import wakeup
from messaging.models import Message, MessageBatch, MessageChunk, MessageStatus, ProviderReference
from messaging.models.batch import Queue
from messaging.models.message import OPEN, WAITING
from messaging.sending.chunks import PAUSED_UNTIL, create_chunks
from messaging.statistics import counters

RESENDABLE = frozenset({MessageStatus.FAILED, MessageStatus.UNCERTAIN})
_CANCELLED = {
    "status": MessageStatus.CANCELLED,
    "error_code": "cancelled",
    "error_detail": "已取消，未发送",
}
_ANEW = {
    "status": MessageStatus.QUEUED,
    "attempts": 0,
    "sent_at": None,
    "delivered_at": None,
    "finished_at": None,
    "error_code": "",
    "error_detail": "",
}


@transaction.atomic
def batch_cancel(*, batch: MessageBatch) -> MessageBatch:
    """Cancels what waits; what a provider already took stays sent.

    Raises `ConflictError` when nothing waits any more.
    """
    locked = MessageBatch.objects.select_for_update().get(pk=batch.pk)
    waiting = Message.objects.filter(batch=locked, status__in=WAITING)
    cancelled = waiting.update(**_CANCELLED, finished_at=Now())
    if not cancelled:
        raise ConflictError("批次中没有等待发送的消息，不能取消", attr="status")
    locked.is_cancelled, locked.is_paused = True, False
    locked.save(update_fields=["is_cancelled", "is_paused"])
    MessageChunk.objects.filter(batch=locked).update(due_at=Now(), published_at=None)
    channel, template_id, at = locked.channel, locked.template_id, locked.created_at
    transaction.on_commit(
        lambda: counters.count_moved(
            channel, template_id, at, MessageStatus.QUEUED, MessageStatus.CANCELLED, cancelled
        )
    )
    return locked


@transaction.atomic
def batch_pause(*, batch: MessageBatch) -> MessageBatch:
    """Holds what waits; a wave that is being sent ends. Raises `ConflictError` when nothing waits."""
    locked = MessageBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.is_paused:
        raise ConflictError("批次已暂停", attr="status")
    if not Message.objects.filter(batch=locked, status__in=OPEN).exists():
        raise ConflictError("批次已结束，不能暂停", attr="status")
    locked.is_paused = True
    locked.save(update_fields=["is_paused"])
    MessageChunk.objects.filter(batch=locked, published_at=None).update(
        due_at=clock.now() + PAUSED_UNTIL
    )
    return locked


@transaction.atomic
def batch_resume(*, batch: MessageBatch) -> MessageBatch:
    """Lets a paused batch go on. Raises `ConflictError` when it is not paused."""
    locked = MessageBatch.objects.select_for_update().get(pk=batch.pk)
    if not locked.is_paused:
        raise ConflictError("批次没有暂停", attr="status")
    locked.is_paused = False
    locked.save(update_fields=["is_paused"])
    MessageChunk.objects.filter(batch=locked).update(due_at=Now(), published_at=None)
    transaction.on_commit(wakeup.signal)
    return locked


@transaction.atomic
def batch_retry_failed(*, batch: MessageBatch) -> MessageBatch:
    """Queues what failed anew, not what is uncertain: that may have arrived.

    Raises `ConflictError` when nothing failed.
    """
    locked = MessageBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.kept_figures is not None:
        raise ConflictError("批次的消息已过保留期，不能重发", attr="status")
    failed = Message.objects.filter(batch=locked, status=MessageStatus.FAILED)
    ids = list(failed.select_for_update().order_by("pk").values_list("pk", flat=True))
    if not ids:
        raise ConflictError("批次中没有失败的消息", attr="status")
    priority = Message.objects.values_list("priority", flat=True).get(pk=ids[0])
    # What the provider still tells about the first sending is nothing about the second.
    ProviderReference.objects.filter(
        message__batch=locked, message__status=MessageStatus.FAILED
    ).delete()
    Message.objects.filter(pk__in=ids).update(**_ANEW, due_at=Now())
    queue: Queue = Message(priority=priority).queue
    create_chunks(ids, queue=queue, due_at=clock.now(), batch_id=locked.pk)
    channel, template_id, at = locked.channel, locked.template_id, locked.created_at
    transaction.on_commit(
        lambda: counters.count_moved(
            channel, template_id, at, MessageStatus.FAILED, MessageStatus.QUEUED, len(ids)
        )
    )
    return locked


@transaction.atomic
def message_resend(*, message_pk: int) -> Message:
    """The message queued anew with all its attempts; raises `ConflictError` unless it had ended badly."""
    message = Message.objects.select_for_update(of=("self",)).get(pk=message_pk)
    if message.status not in RESENDABLE:
        raise ConflictError(
            f"消息 {message.message_id} 当前状态为 {message.status}，不能重发", attr="status"
        )
    before = message.status
    now = clock.now()
    ProviderReference.objects.filter(message=message).delete()
    Message.objects.filter(pk=message_pk).update(**_ANEW, due_at=now)
    create_chunks([message_pk], queue=message.queue, due_at=now, batch_id=message.batch_id)
    _count_later(message, before, MessageStatus.QUEUED)
    message.refresh_from_db()
    return message


@transaction.atomic
def message_cancel(*, message_pk: int) -> Message:
    """Cancels a message that still waits; raises `ConflictError` once sending has begun."""
    message = Message.objects.select_for_update(of=("self",)).get(pk=message_pk)
    if message.status not in WAITING:
        raise ConflictError(
            f"消息 {message.message_id} 当前状态为 {message.status}，不能取消", attr="status"
        )
    Message.objects.filter(pk=message_pk).update(**_CANCELLED, finished_at=Now())
    # A chunk of its own would be counted as waiting until it was due.
    MessageChunk.objects.filter(
        due_at=message.due_at, size=1, message_ids=[message_pk], published_at=None
    ).delete()
    _count_later(message, message.status, MessageStatus.CANCELLED)
    message.refresh_from_db()
    return message


@transaction.atomic
def message_settle(*, message_pk: int, arrived: bool) -> Message:
    """What a person found out about a message of unknown outcome (guarantees.md 4)."""
    message = Message.objects.select_for_update(of=("self",)).get(pk=message_pk)
    if message.status != MessageStatus.UNCERTAIN:
        raise ConflictError(
            f"消息 {message.message_id} 当前状态为 {message.status}，无需确认", attr="status"
        )
    after = MessageStatus.SENT if arrived else MessageStatus.FAILED
    changes: dict[str, object] = {"status": after}
    if arrived:
        changes |= {"sent_at": Now(), "error_code": "", "error_detail": ""}
    Message.objects.filter(pk=message_pk).update(**changes)
    _count_later(message, MessageStatus.UNCERTAIN, after)
    message.refresh_from_db()
    return message


def _count_later(message: Message, before: str, after: str) -> None:
    channel, template_id, at = message.channel, message.template_id, message.created_at
    transaction.on_commit(lambda: counters.count_moved(channel, template_id, at, before, after))
