"""However many beats there are, a job starts once each time; a paused one does not start."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from celery import Celery
from celery.schedules import crontab
from django_celery_beat.models import PeriodicTask

from config.schedule import slots
from config.schedule.beat import PulsingScheduler
from monitoring.jobs import actions
from monitoring.jobs.claims import JobGate
from monitoring.jobs.models import Job
from tests.at_once import all_at_once
from tests.monitoring.jobs.conftest import NIGHTLY, OFTEN, SPECS

pytestmark = pytest.mark.django_db

# 03:17 in Shanghai.
NIGHT = datetime(2026, 3, 1, 19, 17, tzinfo=UTC)


def takes(name, moment):
    with time_machine.travel(moment, tick=False):
        return JobGate().take(name, SPECS[name].schedule)


# --- The gate -------------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [0, 1, 59, 61, 3600])
def test_the_second_beat_finds_the_night_taken_however_late_it_comes(timetable, late):
    assert takes(NIGHTLY, NIGHT)
    assert not takes(NIGHTLY, NIGHT + timedelta(seconds=late))
    assert takes(NIGHTLY, NIGHT + timedelta(days=1))


def test_a_beat_that_wakes_a_moment_early_takes_the_time_that_it_woke_for(timetable):
    assert takes(NIGHTLY, NIGHT - timedelta(milliseconds=300))
    assert not takes(NIGHTLY, NIGHT + timedelta(milliseconds=300))


def test_two_beats_with_an_interval_each_start_it_as_often_as_one(timetable):
    own = [NIGHT + timedelta(seconds=15 * n) for n in range(20)]
    others = [NIGHT + timedelta(seconds=15 * n + 7) for n in range(20)]
    assert [takes(OFTEN, at) for at in sorted(own + others)] == [True, False] * 20


def test_when_one_beat_dies_the_other_goes_on(timetable):
    assert takes(OFTEN, NIGHT)
    assert not takes(OFTEN, NIGHT + timedelta(seconds=7))
    assert takes(OFTEN, NIGHT + timedelta(seconds=22))


def test_what_could_not_be_published_is_free_again(timetable):
    assert takes(NIGHTLY, NIGHT)
    with time_machine.travel(NIGHT, tick=False):
        JobGate().give_back(NIGHTLY, SPECS[NIGHTLY].schedule)
    assert takes(NIGHTLY, NIGHT + timedelta(seconds=5))


def test_a_paused_job_is_not_started_and_goes_on_when_resumed(timetable, admin):
    job = timetable.job_called(NIGHTLY)
    actions.job_pause(job_pk=job.pk, reason="数据库维护", actor=admin)
    assert not takes(NIGHTLY, NIGHT)
    actions.job_resume(job_pk=job.pk, actor=admin)
    assert takes(NIGHTLY, NIGHT + timedelta(days=1))


def test_scheduled_templates_pass(timetable):
    gate = JobGate()
    assert gate.take("定时推送模板 #1", crontab(minute="*"))
    assert gate.take("定时推送模板 #1", crontab(minute="*"))


# --- Beats ----------------------------------------------------------------------------------------


class Beat(PulsingScheduler):
    """Keeps what it would publish."""

    def __init__(self, published):
        self.published = published
        super().__init__(Celery("beat", broker="memory://", set_as_current=False), lazy=True)

    def send_task(self, *args, **options):
        self.published.append(options["headers"]["periodic_task_name"])


def due_beat(published):
    beat = Beat(published)
    beat.app.conf.beat_schedule = {
        name: {"task": "tests.jobs.unknown", "schedule": spec.schedule, "options": {}}
        for name, spec in SPECS.items()
    }
    beat.setup_schedule()
    return beat


def work_through(beat):
    """Until nothing is due."""
    while beat.tick() == 0:
        pass


@pytest.mark.services_only
@pytest.mark.django_db(transaction=True)
def test_two_beats_on_one_database_start_each_job_once(timetable):
    Job.objects.bulk_create(Job(name=name) for name in SPECS)
    published = []
    beats = [due_beat(published) for _ in range(2)]
    PeriodicTask.objects.filter(name__in=SPECS).update(last_run_at=datetime(2026, 1, 1, tzinfo=UTC))
    for beat in beats:
        beat._schedule = beat.all_as_schedule()
    assert all_at_once([lambda beat=beat: work_through(beat) for beat in beats]) == []
    assert sorted(published) == sorted(set(published))
    assert OFTEN in published


# The scheduler closes its connection: it may not be the test's own transaction.
@pytest.mark.django_db(transaction=True)
def test_a_beat_that_cannot_publish_leaves_the_time_to_the_other(timetable, monkeypatch):
    asked = []

    class Gate:
        def take(self, name, when):
            asked.append(("take", name))
            return True

        def give_back(self, name, when):
            asked.append(("give_back", name))

    def fail(self, *args, **options):
        raise ConnectionError("broker")

    monkeypatch.setattr(slots, "_gate", Gate())
    monkeypatch.setattr(Beat, "send_task", fail)
    beat = due_beat([])
    entry = beat.schedule[OFTEN]
    with pytest.raises(Exception, match="broker"):
        beat.apply_async(entry, advance=False)
    assert asked == [("take", OFTEN), ("give_back", OFTEN)]
