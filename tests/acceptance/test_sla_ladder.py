"""Two beats and two workers, one killed in the middle of a scan: each step arrives once, in time.

Sending has a worker of its own here that nobody kills: what a killed sender does is the messages'
own promise, tested there.
"""

import os
import signal
from datetime import datetime, timedelta

import psycopg
import pytest

from config.celery import app
from tests import live

# It starts a system of its own and kills parts of it.
pytestmark = [pytest.mark.live, pytest.mark.services_only, pytest.mark.timeout(300)]

# Each of the two colleagues may get 25 messages a minute (`channel.work_wechat…`).
COLLEAGUES = ("lisi", "wangwu")
EACH = 20
TICKETS = EACH * len(COLLEAGUES)
# The half of a minute.
STEP = timedelta(seconds=30)
# What is promised: a step is at most a minute late.
LATE_SECONDS = 60
SENDING = "msg.urgent,msg.high,msg.normal,msg.low"
POLICY = {
    "name": "一分钟",
    "resolution_minutes": 1,
    "clock": "plain",
    "ladder": [{"percent": 50, "tell": ["assignee"]}],
}


@pytest.fixture
def system():
    with live.start() as started:
        everything = next(one for one in started.processes if "worker" in one.args)
        started.processes.remove(everything)
        os.killpg(everything.pid, signal.SIGTERM)
        everything.wait(30)
        for name, queues in (("send", SENDING), ("one", "default"), ("two", "default")):
            _worker(started, name, queues)
        live._launch(started, "beat-2", ["-m", "celery", "-A", "config", "beat", "--pidfile="])
        started.until(lambda: len(app.control.ping(timeout=3)) == 3, 90)
        yield started


def _worker(system, name, queues):
    more = ["-n", f"{name}@sla", "-c", "1", "--without-gossip", "--without-mingle"]
    command = ["-m", "celery", "-A", "config", "worker", "-Q", queues, *more]
    live._launch(system, name, command, PGAPPNAME=name)


def _make_tickets(system):
    """By each colleague, who takes them at once: `{ticket id: when it was made}`."""
    made: dict[int, datetime] = {}
    for colleague in COLLEAGUES:
        session = system.as_user(colleague)
        for number in range(EACH):
            body = {"customer_name": f"{colleague}的客户", "description": f"第 {number} 个问题"}
            ticket = session.post(system.url("/api/tickets"), json=body).json()
            path = system.url(f"/api/tickets/{ticket['id']}/assign")
            assert session.post(path, json={"assignee": colleague}).status_code == 200
            made[ticket["id"]] = datetime.fromisoformat(ticket["created_at"])
    return made


def _kill_the_one_that_scans(system):
    """SIGKILL to the worker that holds a transaction while steps are being taken; steps taken so far."""
    with psycopg.connect(system.environment["DATABASE_URL"], autocommit=True) as watching:

        def busy():
            return watching.execute(
                "SELECT application_name, (SELECT count(*) FROM tickets_slastep)"
                " FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL"
                " AND application_name IN ('one', 'two')"
                " AND EXISTS (SELECT FROM tickets_slastep OFFSET 3)"
            ).fetchone()

        name, _ = system.until(busy, 60, pause=0.001)
        process = next(one for one in system.processes if f"{name}@sla" in one.args)
        system.processes.remove(process)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        (taken,) = watching.execute("SELECT count(*) FROM tickets_slastep").fetchone()
    return taken


def _told(system):
    """`[(ticket id, when)]` of the steps that reached an assignee's app."""
    listed = system.http.get(system.url("/sandbox/api/outbox?channel=WORK_WECHAT")).json()["list"]
    found = []
    for line in listed:
        words = line["payload"].get("markdown", {}).get("content", "")
        if "时限已用 50%" in words:
            number = int(words.split()[0].removeprefix("**#"))
            found.append((number, datetime.fromisoformat(line["received_at"])))
    return found


def test_each_step_arrives_once_and_in_time(system):
    admin = system.as_user("admin")
    assert admin.post(system.url("/api/sla/policies"), json=POLICY).status_code == 201
    made = _make_tickets(system)

    taken = _kill_the_one_that_scans(system)
    assert taken < TICKETS, "the other one still had work to do"
    system.until(lambda: len({ticket for ticket, _ in _told(system)}) == TICKETS, 90, pause=0.5)
    # Scans have passed over all of them again, for their end is reached.
    last = system.url(f"/api/tickets/{max(made)}/events")
    system.until(lambda: "已超时" in admin.get(last).text, 90, pause=0.5)

    told = _told(system)
    assert sorted(ticket for ticket, _ in told) == sorted(made), "each once, none twice"
    late = [(when - (made[ticket] + STEP)).total_seconds() for ticket, when in told]
    assert min(late) >= 0
    assert max(late) <= LATE_SECONDS
    for ticket in list(made)[::10]:
        events = admin.get(system.url(f"/api/tickets/{ticket}/events")).json()["list"]
        assert len([event for event in events if "解决 50%" in event["content"]]) == 1
