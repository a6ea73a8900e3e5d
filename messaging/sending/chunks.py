"""Chunks: made with their messages, published when due, ended when all of their messages have."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from celery import Celery
from django.db import connection, transaction
from django.db.models import Case, Count, F, Min, QuerySet, Value, When
from django.db.models.functions import Coalesce, Least, Now

from config.database import clock
from config.events import wakeup
from messaging.models import Message, MessageChunk, Queue
from messaging.models.message import OPEN

SEND_TASK = "messaging.tasks.send_chunk"
CHUNK_SIZE = 500
# The relay takes so many at once: a huge batch must not keep it from an urgent message.
PUBLISH_AT_ONCE = 20
# A chunk that could not go on waits a moment, so that nothing can spin.
PAUSE_SECONDS = 0.5
# What is paused waits for `resume`, which makes it due.
PAUSED_UNTIL = timedelta(days=3650)
_URGENCY = {Queue.URGENT: 0, Queue.HIGH: 1, Queue.NORMAL: 2, Queue.LOW: 3}


def create_chunks(
    ids: Sequence[int],
    *,
    queue: Queue,
    due_at: datetime,
    batch_id: int | None = None,
    may_expire: bool = True,
) -> None:
    """Chunks of up to 500, published once the running transaction has committed and they are due."""
    MessageChunk.objects.bulk_create(
        MessageChunk(
            queue=queue,
            message_ids=list(ids[at : at + CHUNK_SIZE]),
            size=len(ids[at : at + CHUNK_SIZE]),
            batch_id=batch_id,
            may_expire=may_expire,
            due_at=due_at,
        )
        for at in range(0, len(ids), CHUNK_SIZE)
    )
    transaction.on_commit(wakeup.signal)


def publish_due(app: Celery) -> int:
    """Publishes due chunks to their queues, urgent ones first; returns how many.

    At least once: the mark is committed after the broker has confirmed. Raises what the broker
    raises; the chunks are then still due.
    """
    waiting = MessageChunk.objects.filter(published_at__isnull=True, due_at__lte=Now())
    # A look is cheap; a transaction every moment would keep an idle relay busy.
    return _publish(app, waiting) if waiting.exists() else 0


@transaction.atomic
def _publish(app: Celery, waiting: QuerySet[MessageChunk]) -> int:
    due = waiting.annotate(
        urgency=Case(*[When(queue=queue, then=Value(n)) for queue, n in _URGENCY.items()])
    ).order_by("urgency", "due_at")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    found = list(due.values_list("pk", "queue")[:PUBLISH_AT_ONCE])
    if not found:
        return 0
    with app.producer_or_acquire() as producer:
        for pk, queue in found:
            app.send_task(SEND_TASK, args=[pk], queue=f"msg.{queue}", producer=producer)
    MessageChunk.objects.filter(pk__in=[pk for pk, _ in found]).update(
        published_at=Now(), begun_at=None, publications=F("publications") + 1
    )
    return len(found)


def sign_of_life(chunk_pk: int) -> None:
    """A worker has the chunk in hand, now and for a while."""
    MessageChunk.objects.filter(pk=chunk_pk).update(begun_at=Now())


def finish(chunk: MessageChunk, ended: Collection[int] = ()) -> int:
    """Ends the chunk, or sets when its open messages are due again; returns how many those are.

    `ended` are those that are known to have ended, so that nobody need look.
    """
    unsure = set(chunk.message_ids).difference(ended)
    if not unsure:
        MessageChunk.objects.filter(pk=chunk.pk).delete()
        return 0
    left = Message.objects.filter(pk__in=unsure, status__in=OPEN)
    summary = left.aggregate(
        count=Count("pk"),
        due=Min(
            Least(
                Coalesce("lease_until", "due_at"),
                Coalesce("expires_at", "lease_until", "due_at"),
            )
        ),
    )
    if not summary["count"]:
        MessageChunk.objects.filter(pk=chunk.pk).delete()
        return 0
    soonest = clock.now() + timedelta(seconds=PAUSE_SECONDS)
    due_at = max(soonest, summary["due"])
    if chunk.batch_id and chunk.batch is not None and chunk.batch.is_paused:
        due_at = clock.now() + PAUSED_UNTIL
    MessageChunk.objects.filter(pk=chunk.pk).update(
        message_ids=sorted(left.values_list("pk", flat=True)),
        size=summary["count"],
        due_at=due_at,
        published_at=None,
    )
    wakeup.signal()
    return int(summary["count"])
