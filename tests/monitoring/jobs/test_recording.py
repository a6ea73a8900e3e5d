"""How runs are written down: rare jobs a row each, frequent ones counts and failures."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.utils import timezone

from monitoring.jobs import actions, recording, tally
from monitoring.jobs.models import Job, JobDay, JobRun
from monitoring.jobs.queries import jobs_rows, jobs_shown, late_jobs
from tests.monitoring.jobs.conftest import HOURLY, NIGHTLY, OFTEN, SPECS, run, works

pytestmark = pytest.mark.django_db


def shown(name):
    return next(job for job in jobs_shown(list(jobs_rows())) if job.row.name == name)


def test_a_rare_job_has_a_row_for_each_run(timetable):
    run(NIGHTLY)
    run(NIGHTLY)
    assert list(JobRun.objects.values_list("status", "trigger")) == [("ok", "schedule")] * 2
    job = shown(NIGHTLY)
    assert (job.state, job.runs_today, job.failures_today) == ("ok", 2, 0)
    assert job.row.last_duration_ms is not None
    assert job.next_run_at > timezone.now()


def test_a_failed_run_tells_what_it_stumbled_over(timetable):
    run(HOURLY)
    only = JobRun.objects.get()
    assert only.status == "failed"
    assert only.error == "LookupError: 没有这一行"
    assert "in breaks" in only.traceback
    job = shown(HOURLY)
    assert (job.state, job.failures_today) == ("failed", 1)
    assert job.row.last_error == only.error


def test_a_frequent_job_has_counts_and_no_rows(timetable):
    for _ in range(40):
        run(OFTEN)
    tally.flush()
    assert JobRun.objects.count() == 0
    assert JobDay.objects.get().runs == 40
    assert shown(OFTEN).state == "ok"


def test_a_frequent_jobs_runs_are_written_at_most_every_ten_seconds(
    timetable, django_assert_num_queries
):
    run(OFTEN)
    with django_assert_num_queries(0):
        for _ in range(20):
            run(OFTEN)


def test_a_frequent_job_that_always_fails_has_a_row_a_minute(timetable, monkeypatch):
    failing = replace(SPECS[OFTEN], task=SPECS[HOURLY].task)
    monkeypatch.setitem(SPECS, OFTEN, failing)
    for _ in range(5):
        run(OFTEN)
    assert JobRun.objects.filter(status="failed").count() == 1
    assert JobDay.objects.get().failures == 5


def test_what_a_worker_has_counted_is_written_before_it_ends(timetable):
    run(OFTEN)
    run(OFTEN)
    assert JobDay.objects.get().runs == 1
    recording.close()
    assert JobDay.objects.get().runs == 2


def test_a_start_that_expired_in_its_queue_is_skipped(timetable):
    request = SimpleNamespace(id="t-1", headers={recording.NAME_HEADER: NIGHTLY})
    recording.skip(request, expired=True)
    assert JobRun.objects.get().status == "skipped"
    job = shown(NIGHTLY)
    assert (job.state, job.skipped_today, job.runs_today) == ("skipped", 1, 0)


def test_a_task_that_no_job_started_leaves_nothing(timetable):
    works.apply()
    assert not JobRun.objects.exists()
    assert not Job.objects.exists()


def test_what_the_broker_brings_twice_is_one_run(timetable):
    for _ in range(2):
        works.apply(task_id="same", headers={recording.NAME_HEADER: NIGHTLY})
    assert JobRun.objects.count() == 1


def test_a_run_whose_worker_died_is_a_failure_after_a_while(timetable):
    task = SimpleNamespace(request=SimpleNamespace(headers={recording.NAME_HEADER: NIGHTLY}))
    recording.begin("t-1", task)
    assert shown(NIGHTLY).state == "running"
    assert actions.runs_settle_lost() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=21)):
        assert actions.runs_settle_lost() == 1
        assert JobRun.objects.get().status == "failed"
        assert Job.objects.get(name=NIGHTLY).last_status == "failed"


# --- Late -----------------------------------------------------------------------------------------


def test_a_job_that_has_not_run_for_long_past_its_time_is_late(timetable):
    run(NIGHTLY)
    run(HOURLY)
    run(OFTEN)
    tally.flush()
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        assert [job.name for job in late_jobs()] == [OFTEN]
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert {job.name for job in late_jobs()} == {OFTEN, NIGHTLY, HOURLY}
        assert shown(NIGHTLY).state == "late"


def test_a_paused_job_is_never_late(timetable, admin):
    actions.job_pause(job_pk=timetable.job_called(OFTEN).pk, reason="维护", actor=admin)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert OFTEN not in {job.name for job in late_jobs()}
        assert shown(OFTEN).state == "paused"
        assert shown(OFTEN).next_run_at is None


def test_the_list_asks_no_query_a_job(timetable, django_assert_max_num_queries):
    run(NIGHTLY)
    jobs_rows()
    with django_assert_max_num_queries(3):
        jobs_shown(list(jobs_rows()))
