"""Clause 11: two beats, restarted ones and wrong clocks start each thing once, when it is due."""

import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from celery import Celery
from kombu import Exchange, Queue

from tests.faults.commands import CELERY, LOWER
from tests.faults.processes import until
from tests.faults.provider import status
from tests.faults.scene import scene_of

SHIFTED = Path(__file__).parent / "shifted"
HOUR, DAY = 3600, 86_400
# Off the full minute too, so that such a beat fires in the middle of everybody else's minutes.
AHEAD, BEHIND = HOUR + 20, -(HOUR + 20)
COPIES = 6
SECONDS = 60
TASKS = {
    "daily report": "monitoring.tasks.send_digests",
    "overdue ticket": "tickets.tasks.reminders.remind_overdue",
    "follow-up": "customers.tasks.reminders.remind_due",
}


def clock(seconds):
    """The environment of a process whose clock is wrong by so much."""
    return {"PYTHONPATH": str(SHIFTED), "FAULTS_CLOCK_SHIFT": str(seconds)}


def worker(system, name, queues, seconds):
    """One more worker, in another time."""
    options = ["-Q", queues, "-c", "1", "-n", f"{name}@%h", "--without-gossip", "--without-mingle"]
    environment = {**system.environment, **clock(seconds)}
    system.processes.start(name, [sys.executable, *CELERY, "worker", *options], environment)
    until(lambda: "ready" in system.processes.log(name), SECONDS, why=name)


@pytest.fixture
def default_workers(system):
    """Three workers for the tasks of the clock: right, a day ahead, a day behind."""
    worker(system, "rest-ahead", "default", DAY + 20)
    worker(system, "rest-behind", "default", -(DAY + 20))
    yield ("rest", "rest-ahead", "rest-behind")
    for name in ("rest-ahead", "rest-behind"):
        if system.processes.is_running(name):
            system.processes.stop(name)


def celery_of(system):
    """What publishes to the queue of the tasks of the clock."""
    app = Celery(broker=system.environment["BROKER_URL"])
    app.conf.task_queues = [Queue("default", Exchange("default", type="direct"), "default")]
    return app


def shell(system, code):
    return system.run("manage.py", "shell", "-c", code)


def test_two_beats_one_of_them_wrong_and_one_killed_push_a_template_once_a_minute(
    system, default_workers, provider, figures
):
    scene_of(system, provider)
    stamp = str(time.time_ns())
    # For the worker of tomorrow all that beats start has expired: a minute of its own would be missing.
    system.processes.stop("rest-ahead")
    system.start("beat-2", **clock(AHEAD))
    system.start("beat-3", **clock(BEHIND))
    shell(
        system,
        "from messaging.actions.templates import template_save; from messaging.models import *;"
        "from customers.models import User;"
        f"template_save(MessageTemplate(code='each-minute-{stamp}', name='每分钟',"
        f" channel='WORK_WECHAT', body='每分钟 {stamp}', push_mode='scheduled',"
        f" schedule='* * * * *', recipients=['every-minute']), actor=User.objects.get(username='admin'))",
    )
    try:
        # By the database's clock: until the next minute has begun.
        ((left,),) = system.query("SELECT 60 - extract(second FROM now())::float8")
        until(lambda: pushed(system, stamp)[1:], left + 60, why=lambda: tails(system))
        # One that has just fired comes back, and what it started is started again by hand, often.
        system.kill("beat")
        known = refused(system, default_workers)
        system.start("beat")
        ((template_id,),) = system.query(
            "SELECT id FROM messaging_messagetemplate WHERE code = %s", [f"each-minute-{stamp}"]
        )
        minutes = len(pushed(system, stamp))
        app = celery_of(system)
        for _ in range(COPIES):
            app.send_task("messaging.tasks.push_scheduled_template", [template_id], queue="default")
        until(
            lambda: refused(system, default_workers) - known >= COPIES - 1,
            SECONDS,
            why=lambda: tails(system),
        )
        until(lambda: pushed(system, stamp)[minutes + 1 :], 150, why=lambda: tails(system))
        system.wait_until_idle()
    finally:
        shell(
            system,
            "from messaging.models import *; from messaging.actions.schedules import schedule_drop;"
            f"t = MessageTemplate.objects.get(code='each-minute-{stamp}'); schedule_drop(t.pk)",
        )
    found = pushed(system, stamp)
    assert set(found) == {1}, f"{found}: each minute once"
    assert len(provider.log(stamp)) == len(found)
    figures.record(
        "three_beats",
        minutes=len(found),
        messages=sum(found),
        firings_too_many=refused(system, default_workers),
    )


def refused(system, workers):
    """How often a worker was told to push a minute that had been pushed; beats mostly do not start it."""
    return sum(system.processes.log(name).count("scheduled_push_already_done") for name in workers)


def pushed(system, stamp):
    """How many messages each minute has brought."""
    return [
        count
        for _, count in system.query(
            "SELECT date_trunc('minute', created_at) AS m, count(*) FROM messaging_message"
            " WHERE template_id = (SELECT id FROM messaging_messagetemplate WHERE code = %s)"
            " GROUP BY m ORDER BY m",
            [f"each-minute-{stamp}"],
        )
    ]


def tails(system):
    return system.processes.tail("beat", "beat-2", "beat-3", "rest", "rest-ahead")


def test_a_report_and_reminders_that_are_started_often_go_out_once(
    system, default_workers, provider, figures
):
    scene_of(system, provider)
    stamp = str(time.time_ns())
    shell(
        system,
        "from datetime import timedelta; from django.utils import timezone;"
        "from config.runtime import store; from customers.models import *; from tickets.models import Ticket;"
        "put = lambda key, value: store.change(key=key, value=value, actor=None);"
        "put('report.daily', {'enabled': True, 'at': '00:00', 'template_code': 'daily_digest',"
        " 'recipients': ['r17'], 'picture': False});"
        "put('ticket.reminder_quiet_hours', {'start': '', 'end': ''});"
        f"c = Customer.objects.create(name='客户', phone='+8613{stamp[-9:]}');"
        "owner = User.objects.get(username='staff0'); past = timezone.now() - timedelta(hours=1);"
        f"Ticket.objects.create(title='{stamp}', description='-', customer=c, deadline=past,"
        " assignee=owner, group_chat_id='r17');"
        f"FollowUp.objects.create(customer=c, owner=owner, author=owner, content='{stamp}', next_at=past)",
    )
    app = celery_of(system)
    before = {name: ended(system, default_workers, name) for name in TASKS.values()}
    for name in [name for name in TASKS.values() for _ in range(COPIES)]:
        app.send_task(name, queue="default")
    for name in TASKS.values():
        until(
            lambda name=name: ended(system, default_workers, name) - before[name] >= COPIES,
            SECONDS,
            why=lambda: system.processes.tail(*default_workers),
        )
    sent = {
        "daily report": "SELECT count(*) FROM messaging_message"
        " WHERE dedupe_key LIKE 'digest:daily:%%' AND created_at > now() - interval '5 minutes'"
        " AND %s <> ''",
        "overdue ticket": "SELECT count(*) FROM tickets_ticketreminder r JOIN tickets_ticket t"
        " ON t.id = r.ticket_id WHERE t.title = %s",
        "follow-up": "SELECT count(*) FROM customers_followup WHERE reminded_at IS NOT NULL"
        " AND content = %s",
    }
    for what, statement in sent.items():
        assert system.query(statement, [stamp]) == [(1,)], what
    until(lambda: provider.log("r17"), SECONDS)
    system.wait_until_idle()
    often = Counter(request.text for request in provider.log("r17"))
    assert set(often.values()) == {1}, often
    told = [
        request
        for request in provider.log("staff0")
        if stamp in request.raw or "跟进" in request.text
    ]
    assert len({request.text for request in told}) == len(told)
    figures.record(
        "started_often", starts_each=COPIES, **{what.replace(" ", "_"): 1 for what in TASKS}
    )
    shell(
        system,
        "from config.runtime import store;"
        "store.change(key='report.daily', value={**store.get('report.daily'), 'enabled': False}, actor=None)",
    )


def ended(system, names, task):
    return sum(
        sum(
            task in line and "succeeded" in line for line in system.processes.log(name).splitlines()
        )
        for name in names
    )


@pytest.mark.parametrize("shift", [AHEAD, BEHIND], ids=["ahead", "behind"])
def test_a_web_server_and_a_worker_in_another_time_change_nothing(system, provider, figures, shift):
    scene = scene_of(system, provider)
    for name in ("send-1", "send-2", "web"):
        system.processes.stop(name)
    try:
        system.start("web", **clock(shift))
        worker(system, "elsewhen", LOWER, shift)
        system.wait_until_ready()
        stamp = str(time.time_ns())
        now = datetime.now(UTC)
        at_once = scene.send("at-once", f"at-once-{stamp}")
        later = scene.send(
            "later", f"later-{stamp}", send_at=(now + timedelta(minutes=20)).isoformat()
        )
        good = scene.send(
            "good", f"good-{stamp}", expires_at=(now + timedelta(minutes=10)).isoformat()
        )
        provider.order(status(503), f"again-{stamp}")
        again = scene.send("again", f"again-{stamp}")
        scene.until(at_once, "sent")
        scene.until(good, "sent")
        until(lambda: scene.attempts(again), SECONDS)
        until(lambda: scene.message(again)["status"] == "queued", SECONDS)
        assert 300 * 0.8 - 5 <= scene.message(again)["due_in"] <= 300 * 1.2
        found = scene.message(later)
        assert (found["status"], found["attempts"]) == ("scheduled", 0)
        assert 1100 < found["due_in"] <= 1200
        assert provider.log(f"later-{stamp}") == []
    finally:
        for name in ("web", "elsewhen"):
            system.processes.stop(name)
        system.query("UPDATE messaging_message SET status = 'cancelled' WHERE status = 'scheduled'")
    figures.record(
        "wrong_clock_" + ("ahead" if shift > 0 else "behind"),
        shift_seconds=shift,
        sent_early=0,
        sent_late=0,
    )
