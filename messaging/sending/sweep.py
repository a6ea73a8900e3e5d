"""The net under the queues: whatever should move and does not is set moving again.

Tasks may be lost with the broker, and workers with their leases; rows are not (guarantees.md 2, 3).
The database's clock alone decides what is late (guarantees.md 11).
"""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from config.events import wakeup
from config.logs import get_logger
from messaging.models import Message, MessageChunk
from messaging.models.message import OPEN
from messaging.sending.chunks import create_chunks

logger = get_logger(__name__)

# How long a task may be under way without a sign of life while its queue is empty.
LOST_SECONDS = 45
# While its queue is full, a task just waits there; publishing it again would only make it longer.
LOST_IN_FULL_QUEUE_SECONDS = 900
# Open messages that no chunk knows: nothing makes them, but nobody should wait for ever.
ORPHAN_SECONDS = 600
ORPHANS = 5000


def sweep(depths: Mapping[str, int] | None = None) -> int:
    """Publishes anew what was published long ago and is still open; returns how many chunks.

    `depths`: tasks that wait in each queue, as far as the broker could be asked.
    """
    full = [queue for queue, depth in (depths or {}).items() if depth > 0]
    lost = Q(published_at__lt=Now() - timedelta(seconds=LOST_IN_FULL_QUEUE_SECONDS)) | (
        Q(published_at__lt=Now() - timedelta(seconds=LOST_SECONDS)) & ~Q(queue__in=full)
    )
    found = MessageChunk.objects.filter(lost).update(published_at=None, due_at=Now())
    if found:
        logger.warning("chunks_published_again", count=found)
        wakeup.signal()
    return found


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
