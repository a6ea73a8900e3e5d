"""Old messages go; the figures of their batches and days stay.

Before the first message of a batch is deleted its counts are written to the batch, and a batch with
an open message keeps all of them. A day that nobody has rolled up yet is rolled up first.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from config import retention
from config.retention import Place, Removed, Table
from messaging.models import DailyStatistic, Message, MessageBatch
from messaging.models.message import FINAL, OPEN
from messaging.queries import batch_figures
from messaging.statistics.rows import roll_up

DAYS, LEAST_DAYS = 180, 7


def register() -> None:
    retention.register(Table("messages", "消息", DAYS, LEAST_DAYS, remove_messages))


def remove_messages(before: dt.datetime, at_most: int, place: Place | None) -> Removed:
    """The oldest first, by the index on their time; only what has ended."""
    rows = Message.objects.filter(created_at__lt=before).order_by("created_at", "pk")
    if place is not None:
        at, pk = place
        rows = rows.filter(created_at__gte=at).exclude(created_at=at, pk__lte=pk)
    page = list(rows.values_list("pk", "created_at", "batch_id", "status")[:at_most])
    if not page:
        return Removed(0, None)
    _keep_days({timezone.localdate(at) for _, at, _, _ in page})
    kept = _keep_batches({batch for _, _, batch, _ in page if batch is not None})
    going = [pk for pk, _, batch, status in page if status in FINAL and batch not in kept]
    count = _delete(going)
    last = page[-1]
    return Removed(count, (last[1], last[0]) if len(page) == at_most else None)


def _delete(pks: list[int]) -> int:
    """What a receipt or a resend holds just now is left; it is no longer as it was."""
    with transaction.atomic():
        free = Message.objects.filter(pk__in=pks, status__in=FINAL).order_by("pk")
        held = list(
            free.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)
        )
        Message.objects.filter(pk__in=held).only("pk").delete()
    return len(held)


def _keep_days(days: Iterable[dt.date]) -> None:
    known = set(DailyStatistic.objects.filter(date__in=days).values_list("date", flat=True))
    for day in sorted(set(days) - known):
        roll_up(day)


def _keep_batches(pks: Iterable[int]) -> set[int]:
    """Writes down the figures of these batches; answers those whose messages must stay."""
    waiting = MessageBatch.objects.filter(pk__in=pks, kept_figures__isnull=True).values_list(
        "pk", flat=True
    )
    return {pk for pk in waiting if not _keep_batch(pk)}


@transaction.atomic
def _keep_batch(pk: int) -> bool:
    batch = MessageBatch.objects.select_for_update().get(pk=pk)
    if Message.objects.filter(batch=batch, status__in=OPEN).exists():
        return False
    batch.kept_figures = batch_figures(batch)
    batch.save(update_fields=["kept_figures"])
    return True
