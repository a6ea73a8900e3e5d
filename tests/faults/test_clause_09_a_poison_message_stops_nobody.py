"""Clause 9: a poison message fails alone, and what kills its worker twice is set aside."""

import sys
import time
from collections import Counter

import pytest
import requests
from celery import Celery
from kombu import Exchange, Queue

from tests.faults.commands import CELERY, LOWER
from tests.faults.deadly import DEATHS, KILLING, RENDERING, SENDING
from tests.faults.processes import until
from tests.faults.scene import CALL_SECONDS, scene_of

# A robot takes twenty a minute, so each test has one of its own and stays below.
MESSAGES = 18
SECONDS = 60


@pytest.fixture
def deadly(system, provider, tmp_path):
    """The system with workers that obey deadly words, and the file in which they leave their deaths."""
    deaths = tmp_path / "deaths"
    deaths.touch()
    for name in ("send-1", "send-2", "rest"):
        system.processes.stop(name)
    for name, queues in (("deadly-send", LOWER), ("deadly-rest", "default")):
        options = ["-Q", queues, "-c", "1", "-n", f"{name}@%h", "-I", "tests.faults.deadly"]
        command = [*CELERY, "worker", *options, "--without-gossip", "--without-mingle"]
        environment = {**system.environment, DEATHS: str(deaths)}
        system.processes.start(name, [sys.executable, *command], environment)
    yield deaths
    for name in ("deadly-send", "deadly-rest"):
        system.processes.stop(name)


def states(system, stamp):
    """State and code of each message by its words."""
    return {
        mark: (status, code)
        for mark, status, code in system.query(
            "SELECT variables->>'mark', status, error_code FROM messaging_message"
            " WHERE variables->>'mark' LIKE %s",
            [f"%{stamp}%"],
        )
    }


@pytest.mark.parametrize(("word", "robot"), [(RENDERING, "r11"), (SENDING, "r12")])
def test_what_nobody_foresaw_fails_alone_with_its_traceback(
    system, deadly, provider, figures, word, robot
):
    scene = scene_of(system, provider)
    stamp = str(time.time_ns())
    marks = [f"good-{n}-{stamp}" for n in range(MESSAGES)]
    poison = f"{word}-{stamp}"
    marks.insert(MESSAGES // 2, poison)
    scene.send_batch([(robot, mark) for mark in marks], "GROUP_BOT")
    until(
        lambda: {status for status, _ in states(system, stamp).values()} <= {"sent", "failed"},
        SECONDS,
        why=lambda: states(system, stamp),
    )
    found = states(system, stamp)
    assert found.pop(poison) == ("failed", "unforeseen")
    assert set(found.values()) == {("sent", "")}
    assert set(Counter(request.text for request in provider.log(stamp)).values()) == {1}
    shown = page_of(scene, poison)
    assert "Traceback (most recent call last)" in shown
    assert f"Unforeseen: {word}" in shown
    figures.record(f"{word.replace('-', '_')}", messages=MESSAGES + 1, failed=1, sent=MESSAGES)


def page_of(scene, mark):
    """The message as an operator opens it."""
    ((pk,),) = scene.system.query(
        "SELECT id FROM messaging_message WHERE variables->>'mark' = %s", [mark]
    )
    answer = requests.get(
        f"{scene.system.web}/admin/messaging/message/{pk}/change/",
        headers=scene.cookies,
        timeout=CALL_SECONDS,
    )
    assert answer.status_code == 200
    return answer.text


def time_passes(system, stamp):
    """The leases of what the dead worker held run out: the database's clock decides, so it is told."""
    system.query(
        "UPDATE messaging_message SET lease_until = now() - interval '1 second'"
        " WHERE status = 'sending' AND variables->>'mark' LIKE %s",
        [f"%{stamp}%"],
    )
    system.query("UPDATE messaging_messagechunk SET published_at = NULL, due_at = now()")


def test_a_message_that_kills_its_worker_is_set_aside_after_two_and_takes_nobody_along(
    system, deadly, provider, figures
):
    scene = scene_of(system, provider)
    stamp = str(time.time_ns())
    marks = [f"good-{n}-{stamp}" for n in range(MESSAGES - 2)]
    poison = f"{KILLING}-{stamp}"
    marks.insert(5, poison)
    scene.send_batch([(robot_of(n), mark) for n, mark in enumerate(marks)], "GROUP_BOT")
    for death in (1, 2):
        until(
            lambda death=death: len(deadly.read_text().splitlines()) == death,
            SECONDS,
            why=lambda: f"{states(system, stamp)}\n{system.processes.tail('deadly-send')}",
        )
        # The task comes back at once and finds what its predecessor still holds.
        until(
            lambda: (
                system.query(
                    "SELECT count(*) FROM messaging_messagechunk"
                    " WHERE due_at > now() AND published_at IS NULL"
                )[0][0]
                > 0
            ),
            SECONDS,
            why=lambda: system.processes.tail("deadly-send"),
        )
        time_passes(system, stamp)
    until(
        lambda: {status for status, _ in states(system, stamp).values()} <= {"sent", "failed"},
        SECONDS,
        why=lambda: f"{states(system, stamp)}\n{system.processes.tail('deadly-send')}",
    )
    found = states(system, stamp)
    assert found.pop(poison) == ("failed", "worker_lost")
    assert set(found.values()) == {("sent", "")}
    assert len(deadly.read_text().splitlines()) == 2
    often = Counter(request.text for request in provider.log("good-"))
    assert len(often) == len(found)
    assert max(often.values()) <= 2, "only what was in the dead worker's hands goes again"
    figures.record(
        "kills_its_worker",
        messages=len(marks),
        workers_killed=2,
        set_aside=1,
        sent=len(found),
        sent_twice=sum(count == 2 for count in often.values()),
    )


def robot_of(number):
    return f"r{13 + number % 4}"


def test_a_task_that_kills_its_worker_twice_is_set_aside_and_told(system, deadly, figures):
    stamp = str(time.time_ns())
    app = Celery(broker=system.environment["BROKER_URL"])
    app.conf.task_queues = [Queue("default", Exchange("default", type="direct"), "default")]
    app.send_task("tests.faults.deadly.task", args=[stamp], queue="default")
    set_aside = until(
        lambda: system.query(
            "SELECT name, payload, queue, error FROM config_outboxentry WHERE error <> ''"
            " AND payload @> to_jsonb(%s::text)",
            [stamp],
        ),
        SECONDS,
        why=lambda: system.processes.tail("deadly-rest"),
    )
    ((name, payload, queue, error),) = set_aside
    assert (name, payload, queue) == ("tests.faults.deadly.task", [stamp], "default")
    assert "两次中断" in error
    app.send_task("tests.faults.deadly.harmless", args=["harmless"], queue="default")
    until(lambda: "harmless" in deadly.read_text().split(), SECONDS)
    deaths = deadly.read_text().split().count(stamp)
    assert deaths == 2, "and the queue goes on"
    figures.record("task_kills_its_worker", deaths=deaths, set_aside=1)
    system.query("DELETE FROM config_outboxentry WHERE error <> ''")
