"""Sending once more what failed, or what nobody knows about."""

from django.db import transaction
from django.utils import timezone

from config.errors import ConflictError
from messaging.models import Message, MessageStatus
from messaging.sending.accept import enqueue_messages

RESENDABLE = frozenset({MessageStatus.FAILED, MessageStatus.UNCERTAIN})


@transaction.atomic
def message_resend(*, message_pk: int) -> Message:
    """The message queued anew with all its attempts; raises `ConflictError` unless it had ended badly."""
    now = timezone.now()
    changed = Message.objects.filter(pk=message_pk, status__in=RESENDABLE).update(
        status=MessageStatus.QUEUED,
        attempts=0,
        due_at=now,
        enqueued_at=now,
        finished_at=None,
        error_code="",
        error_detail="",
    )
    message = Message.objects.get(pk=message_pk)
    if not changed:
        raise ConflictError(
            f"消息 {message.message_id} 当前状态为 {message.status}，不能重发", attr="status"
        )
    enqueue_messages([message])
    return message
