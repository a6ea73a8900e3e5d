"""A change reaches the other processes, and each tells which version it uses."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from config import redis_link
from config.runtime import following, hints, in_use, store

ROOT = Path(__file__).resolve().parents[3]
KEY = "ticket.default_deadline_hours"
# Prints each value that its own copy takes, until told to stop.
READER = """
import sys, threading
from config.runtime import following, hints, store
following.LOOK_SECONDS = float(sys.argv[1])
class Ear(hints.Ear):
    def wait(self, seconds):
        told.set()
        super().wait(seconds)
following.Ear = Ear
told, seen = threading.Event(), None
following.begin("relay")
while True:
    told.wait(); told.clear()
    value = store.last_known("ticket.default_deadline_hours")
    if value != seen:
        seen = value
        print(value, flush=True)
"""


class Reader:
    """Another process of the system, on the tests' own database."""

    def __init__(self, look_seconds: float, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c",
             f"import sys; sys.argv = ['reader', '{look_seconds}']\n{READER}"],
            cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def next_value(self) -> str:
        """What it prints next; the test's own time limit ends the wait."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        assert line, "the reader ended"
        return line

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def reader(transactional_db):
    """Starts readers that use the tests' database."""
    started = []
    url = settings.DATABASE_URL.rpartition("/")[0] + f"/{connection.settings_dict['NAME']}"

    def start(look_seconds, **environment):
        started.append(Reader(look_seconds, DATABASE_URL=url, **environment))
        return started[-1]

    yield start
    for one in started:
        one.stop()


@pytest.mark.services_only
def test_another_process_hears_of_a_change_at_once(reader):
    """It looks by itself only once an hour: what it has sooner came by the hint."""
    other = reader(3600)
    assert other.next_value() == "24"
    _until(lambda: _listeners() > 0)
    store.change(key=KEY, value=36, actor=None)
    assert other.next_value() == "36"


@pytest.mark.services_only
def test_without_redis_another_process_finds_it_by_looking(reader):
    other = reader(following.LOOK_SECONDS, REDIS_URL="redis://127.0.0.1:1/0")
    assert other.next_value() == "24"
    store.change(key=KEY, value=36, actor=None)
    assert other.next_value() == "36"
    assert following.LOOK_SECONDS < 1, "a change is everywhere within two seconds"


@pytest.mark.django_db
def test_who_changed_it_sees_it_at_once():
    assert store.get(KEY) == 24
    store.change(key=KEY, value=36, actor=None)
    store.forget_snapshot()
    assert store.get(KEY) == 36


def test_a_hint_that_cannot_be_given_hinders_no_change(monkeypatch):
    asked = []

    def away(question):
        asked.append(question)
        raise redis_link.RedisAway

    monkeypatch.setattr(hints, "ask", away)
    hints.tell()
    assert len(asked) == 1


def test_while_redis_is_away_an_ear_waits_no_longer_than_asked(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    ear = hints.Ear()
    ear.wait(0.2)
    ear.close()


@pytest.mark.django_db(transaction=True)
def test_a_process_shows_which_versions_it_uses_until_it_ends(boss, put):
    put("retry", value={"max_attempts": 4})
    follower = following.Follower("worker", ["msg.high", "default"])
    follower.start()
    try:
        (line,) = _until(lambda: _processes(boss))
        assert (line["kind"], line["pid"]) == ("worker", os.getpid())
        assert line["queues"] == ["default", "msg.high"]
        assert (line["versions"], line["behind"]) == ({"retry": 1}, [])
        put("retry", value={"max_attempts": 5})
        _until(lambda: _processes(boss)[0]["versions"] == {"retry": 2})
    finally:
        follower.stop()
    assert _processes(boss) == []


@pytest.mark.django_db
def test_who_has_not_taken_the_newest_version_is_said_so(boss, put):
    put("retry", value={"max_attempts": 4})
    in_use.report(_line(versions={}))
    (line,) = _processes(boss)
    assert line["behind"] == [{"key": "retry", "version": 0, "newest": 1}]
    in_use.withdraw(_line().name)


@pytest.mark.django_db
def test_who_is_silent_vanishes(boss):
    in_use.report(_line(seen_at=time.time() - in_use.SILENT_SECONDS - 1))
    assert _processes(boss) == []


@pytest.mark.django_db
@pytest.mark.services_only
def test_without_redis_it_says_that_it_does_not_know(boss, settings, monkeypatch):
    def away(question):
        raise redis_link.RedisAway

    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(in_use, "ask", away)
    body = boss.get("/api/config/processes").json()
    assert body == {"is_known": False, "list": []}


@pytest.mark.django_db
def test_a_database_that_is_away_does_not_end_the_thread(monkeypatch):
    from django.db import OperationalError

    looked = threading.Semaphore(0)

    def refresh():
        looked.release()
        raise OperationalError("away")

    monkeypatch.setattr(store, "refresh", refresh)
    monkeypatch.setattr(following, "LOOK_SECONDS", 0.01)
    follower = following.Follower("beat")
    follower.start()
    try:
        assert all(looked.acquire(timeout=10) for _ in range(3))
    finally:
        follower.stop()


def test_a_forked_child_begins_its_own(monkeypatch):
    """Celery forks: the child inherits the variable, not the thread."""
    follower = following.Follower("web")
    monkeypatch.setattr(following, "_follower", follower)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, b"anew" if following._follower is None else b"old")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 10) == b"anew"
    assert following._follower is follower
    os.close(read)
    os.close(write)


def _line(**changed):
    fields = {
        "kind": "worker", "host": "elsewhere", "pid": 7, "started_at": time.time(),
        "queues": [], "versions": {}, "seen_at": time.time(),
    }  # fmt: skip
    return in_use.Line(**{**fields, **changed})


def _processes(boss):
    body = boss.get("/api/config/processes").json()
    assert body["is_known"] is True
    return body["list"]


def _listeners() -> int:
    return redis_link.ask(lambda redis: redis.pubsub_numsub(hints.channel())[0][1])


def _until(check):
    """The first true answer; asked again without wasting the machine, and not for ever."""
    pause = threading.Event()
    for _ in range(200):
        if found := check():
            return found
        pause.wait(0.05)
    raise AssertionError("not within 10 s")
