"""The jobs' pages in the operators' admin."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from monitoring.jobs.models import Job
from tests.factories import UserFactory
from tests.monitoring.jobs.conftest import HOURLY, NIGHTLY, run

pytestmark = pytest.mark.django_db
LIST = "/admin/monitoring/job/"


@pytest.fixture
def desk(timetable, admin):
    client = Client()
    client.force_login(admin)
    client.get(LIST)
    return client


def page_of(name):
    return reverse("admin:monitoring_job_change", args=[Job.objects.get(name=name).pk])


def test_the_list_tells_how_each_job_stands(desk):
    run(HOURLY)
    text = desk.get(LIST).content.decode()
    for said in ("每天 03:17", "每 15 秒", "失败 1", NIGHTLY):
        assert said in text
    rooms = desk.get(f"{LIST}?room=消息").content.decode()
    assert HOURLY in rooms
    assert NIGHTLY not in rooms


def test_a_job_is_started_only_after_a_question(desk):
    act = page_of(NIGHTLY).replace("change", "act")
    asked = desk.post(act, {"act": "run"})
    assert "确定立即运行" in asked.content.decode()
    done = desk.post(act, {"act": "run", "confirmed": "1"}, follow=True)
    assert "已安排运行" in done.content.decode()


def test_a_pause_wants_a_reason(desk):
    act = page_of(NIGHTLY).replace("change", "act")
    assert desk.post(act, {"act": "pause", "confirmed": "1"}).status_code == 200
    assert not Job.objects.get(name=NIGHTLY).is_paused
    desk.post(act, {"act": "pause", "confirmed": "1", "reason": "维护"})
    assert Job.objects.get(name=NIGHTLY).is_paused
    assert "暂停：维护" in desk.get(page_of(NIGHTLY)).content.decode()


def test_administrators_alone_see_a_traceback(desk, timetable):
    run(HOURLY)
    assert "in breaks" in desk.get(page_of(HOURLY)).content.decode()
    viewer = UserFactory(is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_job"))
    client = Client()
    client.force_login(viewer)
    text = client.get(page_of(HOURLY)).content.decode()
    assert "LookupError" in text
    assert "in breaks" not in text
