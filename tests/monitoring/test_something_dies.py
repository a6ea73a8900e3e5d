"""Killing Redis, RabbitMQ, PostgreSQL or a worker turns the right line of `/readyz`, and raises one alert.

The servers are shared with others: what dies is this one system's line to them.
"""

import os
import signal
from urllib.parse import urlsplit

import pytest

from tests import live
from tests.line import Line
from tests.monitoring.sink import sink_at_work

pytestmark = [pytest.mark.live, pytest.mark.services_only, pytest.mark.timeout(900)]

SERVERS = {"database": "DATABASE_URL", "broker": "BROKER_URL", "cache": "REDIS_URL"}
PORTS = {"database": 5432, "broker": 5672, "cache": 6379}
WORKER = 2


@pytest.fixture(scope="module")
def lines():
    found = {}
    for part, name in SERVERS.items():
        behind = urlsplit(os.environ[name])
        found[part] = Line(behind.hostname or "127.0.0.1", behind.port or PORTS[part])
    yield found
    for line in found.values():
        line.close()


@pytest.fixture(scope="module")
def sink():
    with sink_at_work() as found:
        yield found


@pytest.fixture(scope="module")
def system(lines, sink):
    through = {name: _through(os.environ[name], lines[part].port) for part, name in SERVERS.items()}
    with live.start(
        **through, WECOM_API_BASE=sink.base, GROUP_WEBHOOK_URL=sink.robot_url
    ) as started:
        code = (
            "from config.runtime import store;"
            "store.change(key='watch.limits', value={'recovered_seconds': 10}, actor=None);"
            # The demo's reports go to the same robot.
            "[store.change(key=key, value={'enabled': False}, actor=None)"
            " for key in ('report.daily', 'report.weekly')]"
        )
        live.run(started, "manage.py", "shell", "-c", code)
        yield started


def _through(url, port):
    behind = urlsplit(url)
    login = behind.netloc.rpartition("@")[0]
    return behind._replace(netloc=f"{login}@127.0.0.1:{port}".lstrip("@")).geturl()


def parts_of(system):
    answer = system.http.get(system.url("/readyz"), timeout=10)
    assert answer.status_code in (200, 503)
    return {name: part["status"] for name, part in answer.json()["parts"].items()}


def turns(system, part, status):
    """Each process keeps its own look for two seconds: what is said together comes from one answer."""

    def turned():
        found = parts_of(system)
        return found if found[part] == status else None

    return system.until(turned, 90, 0.5)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("database", "数据库不可用"),
        ("cache", "缓存（Redis）不可用"),
        ("broker", "消息队列（RabbitMQ）不可用"),
    ],
)
def test_a_server_that_dies_and_comes_back(system, lines, sink, part, words):
    system.until(lambda: set(parts_of(system).values()) == {"ok"}, 90, 0.5)
    sink.received.clear()
    lines[part].cut()
    found = turns(system, part, "unavailable")
    for other in set(SERVERS) - {part}:
        assert found[other] == "ok"
    system.until(lambda: sink.texts, 90, 0.5)

    lines[part].mend()
    turns(system, part, "ok")
    system.until(lambda: len(sink.texts) > 1, 120, 0.5)
    alert, recovery = sink.texts
    assert "系统告警" in alert
    assert alert.count("\n") == 1, alert
    assert words in alert
    assert "已恢复" in recovery
    assert words in recovery
    incidents = system.as_user("admin").get(system.url(f"/api/monitor/incidents?rule={part}"))
    assert [row["open"] for row in incidents.json()["list"]] == [False]


def test_a_worker_that_is_killed_and_started_again(system, sink):
    system.until(lambda: set(parts_of(system).values()) == {"ok"}, 90, 0.5)
    sink.received.clear()
    os.killpg(system.processes[WORKER].pid, signal.SIGKILL)
    found = turns(system, "worker:urgent", "unavailable")
    assert found["workers"] == "unavailable"
    for other in (*SERVERS, "beat", "relay"):
        assert found[other] == "ok"
    # What depends on the broker is judged once that has been back for a minute.
    system.until(lambda: sink.texts, 180, 0.5)

    queues = ["-Q", live.QUEUES, "-c", "2", "--without-gossip", "--without-mingle"]
    live._launch(system, "worker-again", ["-m", "celery", "-A", "config", "worker", *queues])
    turns(system, "workers", "ok")
    system.until(lambda: len(sink.texts) > 1, 120, 0.5)
    alert, recovery = sink.texts
    assert alert.count("worker-") == recovery.count("worker-") == len(found) - 6
    assert "系统告警" in alert
    assert "已恢复" in recovery


def test_nothing_else_was_ever_told(system):
    incidents = system.as_user("admin").get(system.url("/api/monitor/incidents?size=100")).json()
    assert {row["rule"] for row in incidents["list"]} == {*SERVERS, "worker"}
    assert all(row["alerts"] == 1 for row in incidents["list"])
