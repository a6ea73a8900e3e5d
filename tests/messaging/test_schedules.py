"""Templates that go out by themselves: at their time, once; and when somebody says their word."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from celery.schedules import schedstate
from django.test import Client
from django_celery_beat.models import PeriodicTask

from config.celery import app
from messaging import tasks
from messaging.actions.schedules import template_push
from messaging.models import Message, MessageBatch, MessageTemplate
from tests.at_once import all_at_once
from tests.factories import RobotFactory
from tests.messaging.answers import TEMPLATE, refused
from wechat.callbacks import work
from wechat.models import Callback
from wechat.simulator import callbacks as simulator

pytestmark = pytest.mark.django_db

# 09:00 in Shanghai.
NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DAILY = {
    "push_mode": "scheduled",
    "schedule": "0 9 * * *",
    "recipients": ["group-1", "group-2"],
    "body": "今日提醒 {{date}}",
}


@pytest.fixture
def daily(create):
    return create(**DAILY)["id"]


def at(moment, template_pk):
    with time_machine.travel(moment, tick=False):
        return template_push(template_pk=template_pk)


# --- Once -----------------------------------------------------------------------------------------


def test_a_scheduled_template_goes_to_all_its_recipients(daily):
    batch = at(NINE + timedelta(seconds=2), daily)
    assert list(Message.objects.values_list("recipient", flat=True)) == ["group-1", "group-2"]
    assert batch.total == 2


@pytest.mark.parametrize("late", [0, 1, 44, 50, 59, 61, 300])
def test_two_beats_fire_one_minute_once_however_late_the_second_task_is_worked(daily, late):
    assert at(NINE + timedelta(seconds=1), daily)
    assert at(NINE + timedelta(seconds=1 + late), daily) is None
    assert MessageBatch.objects.count() == 1


def test_a_beat_whose_clock_is_ahead_fires_the_same_minute(daily):
    assert at(NINE - timedelta(seconds=2), daily)
    assert at(NINE + timedelta(seconds=2), daily) is None


def test_every_day_has_its_own(daily):
    for day in range(3):
        assert at(NINE + timedelta(days=day, seconds=3), daily)
    assert MessageBatch.objects.count() == 3


def test_a_template_of_every_minute_is_sent_every_minute(create):
    minutely = create(**{**DAILY, "schedule": "* * * * *"})["id"]
    # The first task waits long in its queue, the next ones do not.
    for second in (40, 61, 121):
        assert at(NINE + timedelta(seconds=second), minutely)
    assert MessageBatch.objects.count() == 3


def test_a_batch_sent_by_hand_just_before_takes_nothing_away(daily, with_key):
    body = {"template_id": daily, "recipients": ["group-1"]}
    with time_machine.travel(NINE - timedelta(seconds=20), tick=False):
        assert with_key("messages:send").post("/api/messages/send-batch", body).status_code == 202
    assert at(NINE + timedelta(seconds=1), daily)


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_the_very_same_moment_fire_once(create):
    minutely = create(**{**DAILY, "schedule": "* * * * *"})["id"]
    with time_machine.travel(NINE, tick=False):
        assert all_at_once([lambda: tasks.push_scheduled_template(minutely)] * 6) == []
    assert MessageBatch.objects.count() == 1


def test_one_that_is_switched_off_or_gone_is_not_fired(daily):
    MessageTemplate.objects.update(status="inactive")
    assert at(NINE, daily) is None
    MessageTemplate.objects.update(status="active", push_mode="manual")
    assert at(NINE, daily) is None
    assert at(NINE, daily + 1000) is None
    assert not MessageBatch.objects.exists()


# --- The beat's timetable -------------------------------------------------------------------------


def entry():
    return PeriodicTask.objects.filter(task="messaging.tasks.push_scheduled_template").first()


def test_the_beat_knows_a_scheduled_template_and_every_change_of_it(operator, daily):
    made = entry()
    assert json.loads(made.args) == [daily]
    assert (made.enabled, made.queue) == (True, "default")
    assert (made.crontab.hour, made.crontab.minute, str(made.crontab.timezone)) == (
        "9", "0", "Asia/Shanghai",
    )  # fmt: skip
    url = f"/api/template/{daily}"
    changed = {**TEMPLATE, **DAILY, "schedule": "30 18 * * 1-5", "timezone": "Europe/Berlin"}
    assert operator.put(url, changed).status_code == 200
    assert (entry().pk, entry().crontab.hour, str(entry().crontab.timezone)) == (
        made.pk, "18", "Europe/Berlin",
    )  # fmt: skip
    operator.put(url, {**changed, "status": "inactive"})
    assert entry() is None
    operator.put(url, {**changed, "status": "active"})
    assert entry()
    operator.put(url, {**changed, "push_mode": "manual"})
    assert entry() is None


def test_a_deleted_template_leaves_the_timetable(operator, daily):
    assert operator.delete(f"/api/template/{daily}").status_code == 204
    assert entry() is None


def test_the_beat_fires_it_in_its_own_time_zone(create):
    create(**{**DAILY, "timezone": "Europe/Berlin"})
    schedule = entry().schedule
    berlin = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    for moment, due in ((berlin - timedelta(minutes=1), False), (berlin, True)):
        with time_machine.travel(moment, tick=False):
            state = schedule.is_due(moment - timedelta(hours=3))
            assert isinstance(state, schedstate)
            assert state.is_due is due
    assert app.tasks["messaging.tasks.push_scheduled_template"]


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"schedule": ""}, "schedule"),
        ({"schedule": "0 9 * *"}, "schedule"),
        ({"schedule": "60 9 * * *"}, "schedule"),
        ({"schedule": "0 9 * * 8"}, "schedule"),
        ({"schedule": "*/0 * * * *"}, "schedule"),
        ({"schedule": "jeden tag um neun"}, "schedule"),
        ({"schedule": "0 0 31 2 *"}, "schedule"),
        ({"schedule": "0 0 30 feb mon"}, "schedule"),
        ({"schedule": "0 " * 60}, "schedule"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "Asia"}, "timezone"),
        ({"timezone": "../etc/passwd"}, "timezone"),
        ({"timezone": ""}, "timezone"),
        ({"recipients": []}, "recipients"),
        ({"recipients": ["good", "bad-address"]}, "recipients"),
        ({"body": "{{name}}，您好"}, "body"),
    ],
)
def test_a_timetable_that_cannot_work_is_refused(operator, channel, change, attr):
    refused(operator.post("/api/template", {**TEMPLATE, **DAILY, **change}), attr)
    assert entry() is None


# --- A keyword sets it off (seed 002) -------------------------------------------------------------


@pytest.fixture
def said(platform, lisi, run_outbox):
    """Somebody says something, in the group or to the app; it is worked to the end."""
    RobotFactory(
        code="bot_001",
        secrets={"webhook_url": platform.url + "/sandbox/cgi-bin/webhook/send?key=robot-key"},
    )
    for channel in ("GROUP_BOT", "WORK_WECHAT"):
        MessageTemplate.objects.create(
            code=channel, name=channel, channel=channel, push_mode="realtime",
            keywords=["测试", "test"], body="收到：{{content}}",
        )  # fmt: skip

    def say(sealed):
        path = f"{sealed.path}?" + "&".join(f"{k}={v}" for k, v in sealed.query.items())
        assert Client().post(path, sealed.body, content_type=sealed.content_type).status_code == 200
        work.work(Callback.objects.latest("pk").pk)
        run_outbox()
        rows = Client().get("/sandbox/api/outbox").json()["list"]
        return {
            row["channel"]: row["payload"][row["payload"]["msgtype"]]["content"] for row in rows
        }

    return say


def in_group(text):
    message = {
        "msgid": "m1", "aibotid": "A", "chatid": "test_group_001", "chattype": "group",
        "from": {"userid": "lisi"}, "response_url": "", "msgtype": "text",
        "text": {"content": text},
    }  # fmt: skip
    return simulator.seal_json(json.dumps(message, ensure_ascii=False))


@pytest.mark.django_db(transaction=True)
def test_a_keyword_in_the_group_is_answered_in_the_group_and_to_whoever_said_it(said):
    received = said(in_group("@助手 测试一下"))
    assert received["GROUP_BOT"].startswith("收到：")
    assert "测试一下" in received["GROUP_BOT"]


@pytest.mark.django_db(transaction=True)
def test_a_keyword_to_the_app_is_answered_there_and_not_in_the_group(said):
    received = said(simulator.seal_xml(simulator.app_text("lisi", "TEST please", "7")))
    assert received == {"WORK_WECHAT": "收到：TEST please"}


@pytest.mark.django_db(transaction=True)
def test_without_the_keyword_or_switched_off_nothing_is_pushed(said):
    MessageTemplate.objects.update(status="inactive")
    said(in_group("测试"))
    assert not Message.objects.filter(template__isnull=False).exists()
    MessageTemplate.objects.update(status="active")
    said(simulator.seal_xml(simulator.app_text("lisi", "你好", "8")))
    assert not Message.objects.filter(template__isnull=False).exists()
