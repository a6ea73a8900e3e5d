"""Celery's doors into watching, reports and cleaning."""

import time

from celery import shared_task

from config.runtime import store
from monitoring.digest.sending import digests_send
from monitoring.jobs.actions import job_start, runs_settle_lost
from monitoring.jobs.recording import NAME_HEADER
from monitoring.retention.actions import clean_slice
from monitoring.retention.settings import PACE
from monitoring.watch import rounds

CLEAN_UP_JOB = "清理：过期数据"


@shared_task(time_limit=60)
def start_job(name: str, actor_pk: int) -> None:
    """A job that somebody started by hand."""
    job_start(name=name, actor_pk=actor_pk)


@shared_task(time_limit=60)
def settle_lost_runs() -> None:
    """Every five minutes: runs whose worker died."""
    runs_settle_lost()


@shared_task(time_limit=120)
def clean_up(until: float | None = None) -> None:
    """At night, slice by slice until all is clean or the night's time is up.

    `until` is in seconds since 1970.
    """
    until = until or time.time() + 60 * store.get(PACE)["minutes_per_night"]
    if not clean_slice() and time.time() < until:
        # Each slice is a run of the job: one that fails is seen.
        clean_up.apply_async((until,), queue="default", headers={NAME_HEADER: CLEAN_UP_JOB})


@shared_task(time_limit=120)
def send_digests() -> None:
    """Every ten minutes: reports whose hour has come."""
    digests_send()


@shared_task(ignore_result=True, soft_time_limit=50, time_limit=60)
def watch() -> None:
    """One round of the watch; the relay and the web processes make them too."""
    rounds.take_turn()
