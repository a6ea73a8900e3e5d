"""The net under the queues: whatever should move and does not is set moving again.

Tasks may be lost with the broker and workers with their leases; rows are not (guarantees.md 2, 3).
The database's clock alone decides what is due and whose lease ran out (guarantees.md 11).
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from config.logs import get_logger
from config.runtime import store
from messaging.models import Message, MessageStatus
from messaging.sending.accept import enqueue_messages

logger = get_logger(__name__)

# How long a task may be under way before its messages are published once more.
TASK_LOST_SECONDS = 45
ROWS = 5000


def sweep() -> int:
    """Gives back dead leases and publishes what is due and has no task; returns how many."""
    _give_back_dead_leases()
    return _publish_due()


@transaction.atomic
def _give_back_dead_leases() -> None:
    dead = Message.objects.filter(status=MessageStatus.SENDING, lease_until__lt=Now())
    released = {"lease_token": None, "lease_until": None}
    spent = dead.filter(attempts__gte=store.get("retry")["max_attempts"]).update(
        status=MessageStatus.FAILED,
        error_code="worker_lost",
        error_detail="发送进程多次中断，未能确认结果",
        finished_at=Now(),
        **released,
    )
    requeued = dead.update(status=MessageStatus.QUEUED, due_at=Now(), enqueued_at=None, **released)
    if spent or requeued:
        logger.warning("leases_given_back", requeued=requeued, failed=spent)


@transaction.atomic
def _publish_due() -> int:
    waiting = [MessageStatus.QUEUED, MessageStatus.SCHEDULED]
    Message.objects.filter(status__in=waiting, expires_at__lte=Now()).update(
        status=MessageStatus.EXPIRED, finished_at=Now()
    )
    lost = Now() - timedelta(seconds=TASK_LOST_SECONDS)
    due = list(
        Message.objects.filter(
            Q(status=MessageStatus.SCHEDULED)
            | Q(status=MessageStatus.QUEUED, enqueued_at__isnull=True)
            | Q(status=MessageStatus.QUEUED, enqueued_at__lt=lost),
            due_at__lte=Now(),
        ).order_by("due_at")[:ROWS]
    )
    ids = [message.pk for message in due]
    Message.objects.filter(pk__in=ids, status__in=waiting).update(
        status=MessageStatus.QUEUED, enqueued_at=Now()
    )
    enqueue_messages(due)
    return len(due)
