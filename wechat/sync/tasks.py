"""Celery's doors into the sync."""

from typing import Any

from celery import shared_task

from wechat.models import SyncKind
from wechat.sync import hearing, job_work, nightly
from wechat.sync.engine import work_run as engine_work_run


@shared_task(time_limit=180)
def work_run(run_id: int) -> None:
    """Reads on in a run, for a minute."""
    engine_work_run(run_id)


@shared_task(time_limit=110)
def work_job(job_id: int, version: int) -> None:
    """One thing to read or write."""
    job_work.work_job(job_id, version)


@shared_task(time_limit=60)
def hear_customer(envelope: dict[str, Any]) -> None:
    """Something was changed here that WeCom is to know."""
    hearing.hear_customer(envelope)


@shared_task(time_limit=60)
def start_reconciliation() -> None:
    """Every night: everything is read, differences are repaired and reported."""
    nightly.begin(SyncKind.RECONCILE)


@shared_task(time_limit=60)
def purge_runs() -> None:
    """Every night: reports that nobody will read any more."""
    nightly.purge()
