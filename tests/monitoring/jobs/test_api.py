"""Administrators start, hold and resume jobs over HTTP; everything is written down."""

from types import SimpleNamespace

import pytest
from django.contrib.admin.models import LogEntry

from config.events.models import OutboxEntry
from monitoring import tasks
from monitoring.jobs import recording
from monitoring.jobs.models import Job, JobRun
from tests.monitoring.jobs.conftest import HOURLY, NIGHTLY, OFTEN, run, works

pytestmark = pytest.mark.django_db
JOBS = "/api/monitor/jobs"


def job_of(name):
    return Job.objects.get(name=name).pk


def test_the_list_holds_every_job_with_its_state(timetable, api, admin):
    run(NIGHTLY)
    body = api(admin).get(JOBS).json()
    assert [job["name"] for job in body["list"]] == [OFTEN, NIGHTLY, HOURLY]
    nightly = body["list"][1]
    assert nightly["schedule"] == "每天 03:17"
    assert (nightly["state"], nightly["runs_today"], nightly["is_frequent"]) == ("ok", 1, False)
    assert nightly["next_run_at"]
    assert nightly["last_started_at"]


def test_the_list_is_filtered_by_room_and_state(timetable, api, admin):
    run(HOURLY)
    client = api(admin)
    for query in ("room=消息", "state=failed"):
        assert [job["name"] for job in client.get(f"{JOBS}?{query}").json()["list"]] == [HOURLY]
    assert client.get(f"{JOBS}?state=nothing").status_code == 400


@pytest.mark.parametrize("word", ["number", "name", "task"])
def test_a_job_is_named_by_number_name_or_task(timetable, api, admin, word):
    client = api(admin)
    client.get(JOBS)
    named = {"number": job_of(HOURLY), "name": HOURLY, "task": "tests.jobs.breaks"}[word]
    assert client.get(f"{JOBS}/{named}/runs").status_code == 200


def test_a_job_started_by_hand_tells_who_did_it(timetable, api, admin, monkeypatch):
    client = api(admin)
    client.get(JOBS)
    answer = client.post(f"{JOBS}/{job_of(OFTEN)}/run")
    assert answer.status_code == 202
    entry = OutboxEntry.objects.get(name="monitoring.tasks.start_job")
    # What the broker would carry to the job's own queue.
    monkeypatch.setattr(
        "monitoring.jobs.actions.app.send_task",
        lambda name, queue, headers: works.apply(headers=headers),
    )
    tasks.start_job(*entry.payload)
    # A frequent job: by hand it has a row all the same.
    only = JobRun.objects.get()
    assert (only.trigger, only.started_by, only.status) == ("manual", admin, "ok")
    runs = client.get(f"{JOBS}/{job_of(OFTEN)}/runs").json()["list"]
    assert runs[0]["started_by"] == "管理员"
    assert LogEntry.objects.get().change_message == "手动运行"


def test_a_job_that_runs_is_not_started_again(timetable, api, admin):
    task = SimpleNamespace(request=SimpleNamespace(headers={recording.NAME_HEADER: NIGHTLY}))
    recording.begin("t-1", task)
    answer = api(admin).post(f"{JOBS}/{job_of(NIGHTLY)}/run")
    assert answer.status_code == 409


def test_pausing_says_who_and_why(timetable, api, admin):
    client = api(admin)
    client.get(JOBS)
    path = f"{JOBS}/{job_of(NIGHTLY)}"
    assert client.post(f"{path}/pause", {"reason": " "}).status_code == 400
    held = client.post(f"{path}/pause", {"reason": "数据库维护"}).json()
    assert (held["state"], held["paused_by"], held["pause_reason"]) == (
        "paused",
        "管理员",
        "数据库维护",
    )
    assert client.post(f"{path}/pause", {"reason": "再次"}).status_code == 409
    assert client.post(f"{path}/resume").json()["is_paused"] is False
    assert client.post(f"{path}/resume").status_code == 409
    said = LogEntry.objects.order_by("id").values_list("change_message", flat=True)
    assert list(said) == ["暂停：数据库维护", "恢复"]
