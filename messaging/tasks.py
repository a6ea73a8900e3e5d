"""Celery's doors into sending."""

from datetime import timedelta
from typing import Any

from celery import shared_task
from celery.signals import worker_process_shutdown, worker_shutdown
from django.utils import timezone

from messaging.actions import receipts, schedules
from messaging.actions.retry_failed import failed_retry
from messaging.phone_codes.actions import codes_forget
from messaging.phone_codes.masking import codes_clear
from messaging.sending import pool, sweep, work
from messaging.staff_alerts.sending import alert_for
from messaging.statistics import counters, rows

# How many days before today are still counted anew.
ROLLED_DAYS = 3


@shared_task(time_limit=300)
def send_chunk(chunk_pk: int) -> None:
    """Messages of one queue."""
    work.send_chunk(chunk_pk)


@shared_task(time_limit=60)
def alert_staff(envelope: dict[str, Any]) -> None:
    """An event that a member of staff is to know of."""
    alert_for(envelope)


@shared_task(time_limit=60)
def sweep_messages() -> None:
    """The relay does this now; a timetable that still has the entry finds nothing to do."""


@shared_task(time_limit=120)
def adopt_orphans() -> None:
    """Every ten minutes: open messages that no chunk knows."""
    sweep.adopt_orphans()
    receipts.purge_early()


@shared_task(time_limit=60)
def push_scheduled_template(template_pk: int) -> None:
    """At a template's own time, by its entry in the beat's timetable."""
    schedules.template_push(template_pk=template_pk)


@shared_task(time_limit=300)
def roll_up_statistics() -> None:
    """Every hour: the daily rows of the last days, which late receipts and retries still change."""
    today = timezone.localdate()
    for back in range(1, ROLLED_DAYS + 1):
        rows.roll_up(today - timedelta(days=back))
    counters.recount(today)


@shared_task(time_limit=300)
def retry_failed() -> None:
    """Every hour, where it is switched on: what a provider's passing trouble ended."""
    failed_retry()


@shared_task(time_limit=60)
def clear_phone_codes() -> None:
    """Every ten minutes: the words of codes that are good no more."""
    codes_clear()


@shared_task(time_limit=120)
def purge_phone_codes() -> None:
    """Every night: what was asked for a day ago."""
    codes_forget()


@worker_process_shutdown.connect
@worker_shutdown.connect
def _close_connections(**_kwargs: Any) -> None:
    """A worker that stops leaves no open connection to a provider."""
    pool.close()
