"""The net under the queues: whatever should move and does not is set moving again.

Tasks may be lost with the broker, and workers with their leases; rows are not (guarantees.md 2, 3).
The database's clock alone decides what is late (guarantees.md 11).
"""

import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

from celery import Celery
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.db.models.functions import Now

from config.broker.queues import AWAY, look
from config.events import wakeup
from config.logs import get_logger
from messaging.models import Message, MessageChunk, Queue
from messaging.models.message import OPEN
from messaging.sending.chunks import create_chunks

logger = get_logger(__name__)

SWEEP_SECONDS = 15.0

# How long a task may be gone from its queue without a sign of life.
LOST_SECONDS = 45
# Queues may hold more tasks than chunks (copies of what was published again), and hide a loss.
LOST_IN_FULL_QUEUE_SECONDS = 900
# Open messages that no chunk knows: nothing makes them, but nobody should wait for ever.
ORPHAN_SECONDS = 600
ORPHANS = 5000


class Sweeper:
    """For `relay.register_source`: whoever publishes also looks after what got lost.

    A task of beat's would wait behind long ones for a worker that may be dead itself. The broker is
    asked in a thread: urgent messages do not wait for its answer.
    """

    def __init__(self) -> None:
        self._swept_at = float("-inf")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="queue-depths")
        self._asked: Future[dict[str, int]] | None = None

    def __call__(self, app: Celery) -> int:
        if self._asked is None:
            if time.monotonic() - self._swept_at < SWEEP_SECONDS:
                return 0
            self._swept_at = time.monotonic()
            self._asked = self._thread.submit(_depths)
        if not self._asked.done():
            return 0
        asked, self._asked = self._asked, None
        try:
            depths = asked.result()
        except AWAY:
            # Nothing could be published, and durable tasks come back with the broker.
            return 0
        return sweep(depths)


def _depths() -> dict[str, int]:
    """Waiting tasks by queue; the memory of the one-process profile tells nothing worth knowing."""
    if settings.EMBEDDED:
        return {}
    names = {f"msg.{queue}": queue for queue in Queue.values}
    return {names[name]: state.messages for name, state in look(names).items()}


def sweep(depths: Mapping[str, int] | None = None) -> int:
    """Publishes anew what was published long ago and is still open; returns how many chunks.

    `depths`: tasks that wait in each queue; a queue that is not there holds none.
    """
    silent = Now() - timedelta(seconds=LOST_SECONDS)
    in_hand = MessageChunk.objects.filter(published_at__lt=silent, begun_at__lt=silent)
    lost = [*in_hand.values_list("pk", flat=True), *_lost_while_waiting(depths or {})]
    found = MessageChunk.objects.filter(
        Q(pk__in=lost)
        | Q(published_at__lt=Now() - timedelta(seconds=LOST_IN_FULL_QUEUE_SECONDS))
        & (Q(begun_at=None) | Q(begun_at__lt=silent))
    ).update(published_at=None, due_at=Now())
    if found:
        logger.warning("chunks_published_again", count=found)
        wakeup.signal()
    return found


def _lost_while_waiting(depths: Mapping[str, int]) -> list[int]:
    """Chunks that wait for a worker while no task is left in their queue for them.

    Queues are first in, first out: the tasks in one belong to the chunks published last.
    """
    waiting = MessageChunk.objects.filter(published_at__isnull=False, begun_at=None)
    silent = Now() - timedelta(seconds=LOST_SECONDS)
    lost: list[int] = []
    for queue, count in waiting.values_list("queue").annotate(count=Count("pk")):
        without_task = count - depths.get(queue, 0)
        if without_task > 0:
            oldest = waiting.filter(queue=queue, published_at__lt=silent).order_by("published_at")
            lost += oldest.values_list("pk", flat=True)[:without_task]
    return lost


@transaction.atomic
def adopt_orphans() -> int:
    """Chunks for open messages without one; returns how many messages (there should be none)."""
    old = Now() - timedelta(seconds=ORPHAN_SECONDS)
    rows = Message.objects.filter(status__in=OPEN, created_at__lt=old, due_at__lt=old)
    known: set[int] = set()
    for ids in MessageChunk.objects.values_list("message_ids", flat=True).iterator():
        known.update(ids)
    orphans = [
        message
        for message in rows.only("pk", "priority", "batch_id").order_by("pk")[
            : ORPHANS + len(known)
        ]
        if message.pk not in known
    ][:ORPHANS]
    for message in orphans:
        create_chunks([message.pk], queue=message.queue, due_at=message.due_at)
    if orphans:
        logger.error("orphans_adopted", count=len(orphans))
    return len(orphans)
