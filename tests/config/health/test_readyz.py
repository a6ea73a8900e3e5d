"""`/readyz` names the part that is ill, whatever is away, and answers within a bound."""

import socket
import threading
import time
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from config.celery import app
from config.health import probing
from config.health.looks import Look
from config.health.probing import Prober
from config.health.reading import Status, ok
from config.processes import heartbeat

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def nowhere():
    """An address at which nobody answers: what is sent there is never read."""
    with socket.create_server(("127.0.0.1", 0), backlog=8) as server:
        yield server.getsockname()[1]


def parts_of(answer):
    return {name: part["status"] for name, part in answer.json()["parts"].items()}


def test_each_kind_of_worker_has_a_line_of_its_own(client: Client, settings):
    body = client.get("/readyz").json()
    workers = {name for name in body["parts"] if name.startswith("worker:")}
    assert workers == {f"worker:{kind}" for kind in settings.WORKER_QUEUES}
    assert set(body["checks"]) == {"database", "broker", "cache", "workers", "beat", "relay"}
    assert body["parts"]["database"]["since"]


@pytest.mark.services_only
def test_a_queue_with_a_consumer_is_well_and_one_without_is_ill(client: Client):
    from config.settings import CELERY_TASK_QUEUES

    with app.connection_for_write() as connection:
        channel = connection.channel()
        urgent = next(q for q in CELERY_TASK_QUEUES if q.name == "msg.urgent")(channel)
        urgent.declare()
        tag = f"test-{time.monotonic_ns()}"
        urgent.consume(tag, no_ack=False)
        probing.forget()
        found = client.get("/readyz").json()["parts"]
        assert found["worker:urgent"]["status"] == "ok"
        assert found["worker:talk"]["status"] == "unavailable"
        assert "welcome" in found["worker:talk"]["detail"]
        urgent.cancel(tag)
        probing.forget()
        assert parts_of(client.get("/readyz"))["worker:urgent"] == "unavailable"


def test_a_beating_process_is_well(client: Client):
    assert parts_of(client.get("/readyz"))["beat"] == "unavailable"
    heartbeat.beat_once("beat")
    probing.forget()
    found = client.get("/readyz").json()
    assert found["checks"]["beat"] == "ok"
    assert found["checks"]["relay"] == "unavailable"


@pytest.mark.services_only
@pytest.mark.parametrize("hours", [1, -1, 48])
def test_a_process_on_a_machine_with_a_wrong_clock_lives(client: Client, hours):
    with time_machine.travel(timezone.now() + timedelta(hours=hours)):
        heartbeat.beat_once("relay")
    heartbeat.beat_once("beat")
    assert heartbeat.alive("relay").keys() == heartbeat.alive("beat").keys()
    with time_machine.travel(timezone.now() + timedelta(hours=hours)):
        assert client.get("/readyz").json()["checks"]["relay"] == "ok"


@pytest.mark.services_only
def test_without_the_cache_the_rest_is_still_told(client: Client, settings, monkeypatch):
    from config.health import looks

    def away(_alias):
        raise ConnectionError

    monkeypatch.setattr(looks, "get_redis_connection", away)
    found = parts_of(client.get("/readyz"))
    assert found["cache"] == "unavailable"
    assert found["database"] == found["broker"] == "ok"
    assert found["beat"] == found["relay"] == "unknown"


@pytest.mark.services_only
@pytest.mark.parametrize("port", ["refused", "silent"])
def test_without_the_broker_nothing_is_known_of_workers(client: Client, nowhere, monkeypatch, port):
    where = nowhere if port == "silent" else 1
    monkeypatch.setattr(app.conf, "broker_url", f"amqp://guest:guest@127.0.0.1:{where}//")
    monkeypatch.setattr(app.conf, "broker_write_url", f"amqp://guest:guest@127.0.0.1:{where}//")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    found = parts_of(answer)
    assert found["broker"] == "unavailable"
    assert found["database"] == found["cache"] == "ok"
    assert found["workers"] == found["worker:send"] == "unknown"


@pytest.mark.services_only
@pytest.mark.parametrize("port", ["refused", "silent"])
def test_without_the_database_the_rest_is_still_told(client: Client, nowhere, monkeypatch, port):
    from django.db import connection

    where = nowhere if port == "silent" else 1
    monkeypatch.setitem(connection.settings_dict, "PORT", str(where))
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    found = parts_of(client.get("/readyz"))
    assert found["database"] == "unavailable"
    assert found["broker"] == found["cache"] == "ok"


def test_a_server_that_hangs_costs_one_thread_and_no_probe_its_answer(monkeypatch):
    """Nobody waits for it longer than the bound, and it is asked once at a time."""
    monkeypatch.setattr(probing, "WAIT_SECONDS", 0.05)
    monkeypatch.setattr(probing, "KEPT_SECONDS", 0)
    release, asked = threading.Event(), []

    def hang():
        asked.append(1)
        release.wait(30)
        return {"slow": ok()}

    prober = Prober([Look("slow", hang, ("behind",)), Look("quick", lambda: {"quick": ok()})])
    for _ in range(3):
        found = prober.readings()
    assert (found["slow"].status, found["behind"].status) == (Status.UNAVAILABLE, Status.UNKNOWN)
    assert found["quick"].is_ok
    assert len(asked) == 1
    release.set()


def test_a_reading_is_kept_for_all_who_look(monkeypatch):
    asked = []

    def count():
        asked.append(1)
        return {"part": ok()}

    prober = Prober([Look("part", count)])
    first = prober.readings()
    assert all(prober.readings() is first for _ in range(100))
    assert len(asked) == 1


def test_a_broken_probe_is_no_500():
    def broken():
        raise ZeroDivisionError

    found = Prober([Look("part", broken, ("behind",))]).readings()
    assert found["part"].status is Status.UNAVAILABLE
    assert found["behind"].status is Status.UNKNOWN


def test_a_status_has_a_beginning(monkeypatch):
    monkeypatch.setattr(probing, "KEPT_SECONDS", 0)
    prober = Prober([Look("part", lambda: {"part": ok()})])
    assert prober.readings()["part"].since == prober.readings()["part"].since


def test_nothing_but_words_of_ours_is_told_to_strangers(client: Client, settings):
    body = client.get("/readyz").content.decode()
    for secret in (
        settings.SECRET_KEY,
        settings.CELERY_BROKER_URL,
        settings.REDIS_URL,
        "127.0.0.1",
    ):
        assert not secret or secret not in body
    assert cache.get("readyz") in (None, 1)
