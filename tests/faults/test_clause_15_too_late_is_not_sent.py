"""Clause 15: what expires is looked at when it is claimed and again before each attempt."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.faults.processes import until
from tests.faults.provider import slow, status
from tests.faults.scene import scene_of
from tests.faults.system import SENDERS

pytestmark = pytest.mark.brief

SECONDS = 40
DEFAULT_SENDER = {
    "core_pool_size": 20,
    "max_pool_size": 100,
    "scale_up_threshold": 0.8,
    "scale_down_threshold": 0.2,
}
ONE_AT_A_TIME = {**DEFAULT_SENDER, "core_pool_size": 1, "max_pool_size": 1}


@pytest.fixture
def scene(system, provider):
    found = scene_of(system, provider)
    found.close_circuits()
    return found


def in_seconds(seconds):
    """A time to come; this machine's clock is the database's too."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def is_past(system, moment):
    return system.query("SELECT now() > %s::timestamptz", [moment]) == [(True,)]


def test_what_expired_while_no_worker_was_there_is_never_sent(system, scene, provider, figures):
    for name in SENDERS:
        system.processes.stop(name)
    stamp, expires_at = str(time.time_ns()), in_seconds(3)
    late = [
        scene.send(
            f"late{n}.{stamp}", f"late-{stamp}", priority=9 if n else 5, expires_at=expires_at
        )
        for n in range(2)
    ]
    in_time = scene.send(f"good.{stamp}", f"good-{stamp}", expires_at=in_seconds(600))
    until(lambda: is_past(system, expires_at), 10)
    system.start(*SENDERS)
    for message_id in late:
        found = scene.until(message_id, "expired", seconds=SECONDS)
        assert (found["attempts"], found["error_code"]) == (0, "expired")
    scene.until(in_time, "sent", seconds=SECONDS)
    assert provider.log(f"late-{stamp}") == []
    figures.record("at_claim", expired=len(late), sent_late=0)


def test_what_expires_between_two_attempts_is_not_tried_again(system, scene, provider, figures):
    scene.change("retry", {"max_attempts": 3, "delay_seconds": 4})
    try:
        mark = f"between-{time.time_ns()}"
        provider.order(status(503), mark)
        message_id = scene.send("between", mark, expires_at=in_seconds(3))
        found = scene.until(message_id, "expired", seconds=SECONDS)
    finally:
        scene.change("retry", {"max_attempts": 3, "delay_seconds": 300})
    assert found["error_code"] == "expired"
    assert len(provider.log(mark)) == 1
    assert scene.attempts(message_id) == [("retry", "http_503")]
    figures.record("between_attempts", requests=1, sent_late=0)


def test_what_expires_behind_slow_ones_of_its_wave_is_not_sent(system, scene, provider, figures):
    scene.change("message_sender", ONE_AT_A_TIME)
    try:
        stamp = str(time.time_ns())
        provider.order(slow(1.5), stamp)
        expires_at = datetime.now(UTC) + timedelta(seconds=5)
        people = [(f"wave{n}.{stamp}", f"wave-{stamp}") for n in range(8)]
        scene.send_batch(people, "WORK_WECHAT", expires_at=expires_at.isoformat())
        found = system.wait_until_final([who for who, _ in people], SECONDS)
    finally:
        scene.change("message_sender", DEFAULT_SENDER)
    requests = provider.log(stamp)
    assert found.keys() == {"sent", "expired"}
    assert found["sent"] == len(requests)
    assert all(request.at <= expires_at.timestamp() for request in requests)
    figures.record(
        "behind_slow_ones",
        sent=found["sent"],
        expired=found["expired"],
        last_request_before_the_end_seconds=round(
            expires_at.timestamp() - max(request.at for request in requests), 2
        ),
    )


def test_what_waits_for_a_limit_expires_there(system, scene, provider, figures):
    stamp = str(time.time_ns())
    scene.send_batch([("r18", f"fills-{stamp}-{n}") for n in range(20)], "GROUP_BOT")
    until(lambda: len(provider.log(f"fills-{stamp}")) == 20, SECONDS)
    message_id = scene.send("r18", f"waits-{stamp}", "GROUP_BOT", expires_at=in_seconds(3))
    until(lambda: scene.message(message_id)["error_code"] == "local_limit", 10)
    scene.until(message_id, "expired", seconds=SECONDS)
    assert provider.log(f"waits-{stamp}") == []
    figures.record("at_a_limit", expired=1, sent_late=0)
