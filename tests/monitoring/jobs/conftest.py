"""Jobs of a timetable of the test's own, and runs of them as a worker makes them."""

from datetime import timedelta

import pytest
from celery import shared_task
from celery.schedules import crontab, schedule

from monitoring.jobs import catalogue, recording, tally
from monitoring.jobs.catalogue import JobSpec

OFTEN, NIGHTLY, HOURLY = "测试：每 15 秒", "测试：每夜", "测试：每小时"


@shared_task(name="tests.jobs.works")
def works():
    """Ends well."""


@shared_task(name="tests.jobs.breaks")
def breaks():
    raise LookupError("没有这一行")


SPECS = {
    OFTEN: JobSpec(OFTEN, works.name, schedule(timedelta(seconds=15)), "default", "系统"),
    NIGHTLY: JobSpec(NIGHTLY, works.name, crontab(minute="17", hour="3"), "default", "系统"),
    HOURLY: JobSpec(HOURLY, breaks.name, crontab(minute="7"), "default", "消息"),
}


@pytest.fixture
def timetable(monkeypatch):
    """Three jobs, in every module that looks them up."""
    rooms = ("catalogue", "claims", "recording", "actions", "queries")
    for module in (*(f"jobs.{room}" for room in rooms), "admin.jobs"):
        monkeypatch.setattr(f"monitoring.{module}.all_jobs", lambda: SPECS)
    # A beat's own thread would look at the database between the tests.
    monkeypatch.setattr("config.schedule.beat.following.begin", lambda kind: None)
    tally.forget()
    recording.forget()
    return catalogue


def run(name, **headers):
    """As beat starts it: the task with the entry's name in its headers."""
    task = {works.name: works, breaks.name: breaks}[SPECS[name].task]
    return task.apply(headers={recording.NAME_HEADER: name, **headers}, throw=False)
