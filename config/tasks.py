"""The kernel's own background work."""

from celery import shared_task
from django.utils import timezone

from config.api.idempotency import KEPT
from config.api.idempotency_record import IdempotencyRecord
from config.events.subscribers import forget_old


@shared_task(time_limit=120)
def purge_idempotency_records() -> None:
    """Keys older than a day no longer replay (contract.md §1)."""
    IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - KEPT).delete()


@shared_task(time_limit=120)
def purge_consumed_events() -> None:
    """Events too old to be brought again."""
    forget_old()
