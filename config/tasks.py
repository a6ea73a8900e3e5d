"""The kernel's own background work."""

from celery import shared_task
from django.utils import timezone

from config.api.idempotency import KEPT
from config.api.idempotency_record import IdempotencyRecord
from config.events.subscribers import forget_old
from config.retention import expired, remove_all


@shared_task(time_limit=120)
def purge_idempotency_records() -> None:
    """Keys older than a day no longer replay (contract.md §1)."""
    old = expired(IdempotencyRecord.objects.all(), "created_at")
    remove_all(old, timezone.now() - KEPT)


@shared_task(time_limit=120)
def purge_consumed_events() -> None:
    """Events too old to be brought again."""
    forget_old()
