"""Callbacks whose task was lost, or whose worker died, are worked after all."""

from datetime import timedelta

from django.db import transaction

from config.database import clock
from config.events.publish import enqueue
from wechat.callbacks.storing import WORK_QUEUE, WORK_TASK
from wechat.callbacks.work import MAX_ATTEMPTS
from wechat.models import Callback, CallbackStatus

LOST_SECONDS = 30
ROWS = 500


@transaction.atomic
def sweep() -> int:
    """Enqueues what waits too long; sets aside what killed its worker each time. Returns how many."""
    waiting = Callback.objects.filter(
        status=CallbackStatus.RECEIVED,
        received_at__lt=clock.now() - timedelta(seconds=LOST_SECONDS),
    )
    waiting.filter(attempts__gte=MAX_ATTEMPTS).update(
        status=CallbackStatus.FAILED, finished_at=clock.now()
    )
    ids = list(waiting.order_by("received_at").values_list("pk", flat=True)[:ROWS])
    enqueue(WORK_TASK, [[pk] for pk in ids], queue=WORK_QUEUE)
    return len(ids)
