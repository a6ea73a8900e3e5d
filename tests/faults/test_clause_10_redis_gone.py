"""Clause 10: with Redis gone for half a minute sending goes on, and nothing is refused that need not be."""

import statistics
import time

import pytest
import requests

from tests.faults.load import Load
from tests.faults.processes import until

GONE_SECONDS = 30.0
# Each process keeps to a quarter of the robot's twenty a minute.
ROBOT_WINDOW_SECONDS, ROBOT_COUNT = 60.0, 20
ROBOT_MESSAGES = 40
READS = (
    "/healthz",
    "/api/messages?limit=5",
    "/api/messages/statistics/overview",
    "/api/messages/statistics/realtime",
    "/api/channels",
    "/api/template/list",
)


def most_in_a_window(times, seconds):
    """The most of these in any stretch of so many seconds."""
    times = sorted(times)
    return max(
        (sum(1 for at in times if start <= at < start + seconds) for start in times), default=0
    )


@pytest.mark.parametrize(("how", "robot"), [("killed", "robot-1"), ("frozen", "robot-2")])
def test_redis_is_gone_for_half_a_minute(system, provider, mortal, figures, how, robot):
    token = system.superuser
    with Load(system, [system.web, system.live], callers=4, gap_seconds=0.1) as load:
        until(lambda: len(load.accepted) >= 50, 60, why=lambda: f"{load.refused}")
        refused_before = sum(load.refused.values())
        mortal.redis.kill() if how == "killed" else mortal.redis.freeze()
        gone_at = time.time()
        for number in range(ROBOT_MESSAGES):
            told = system.send(
                robot, template_code="faults-robot", variables={"name": f"{how} {number}"}
            )
            assert told.status_code == 202, told.text
        reads = {}
        while time.time() < gone_at + GONE_SECONDS:
            for path in READS:
                answer = requests.get(system.web + path, headers=token, timeout=30)
                reads.setdefault(path, set()).add(answer.status_code)
            _, number = next(iter(load.accepted.items()))
            trace = requests.get(
                f"{system.web}/api/messages/traces/{number.replace('MSG', 'TRC', 1)}",
                headers=token,
                timeout=30,
            )
            reads.setdefault("trace", set()).add(trace.status_code)
            nodes = [node["node"] for node in trace.json()["nodes"]]
            time.sleep(0.5)
        back_at = time.time()
        mortal.redis.start() if how == "killed" else mortal.redis.thaw()
        meanwhile = [p for p, at in load.accepted_at.items() if gone_at <= at < back_at]
    refused = sum(load.refused.values()) - refused_before
    states = system.wait_until_final(list(load.accepted), 120)
    arrived = {received.recipient: received.at for received in provider.log()}
    waits = [arrived[p] - load.accepted_at[p] for p in meanwhile]
    in_time = sum(1 for person in meanwhile if arrived[person] <= back_at)
    times = [received.at for received in provider.log(robot) if received.at < back_at]
    most = most_in_a_window(times, ROBOT_WINDOW_SECONDS)
    figures.record(
        f"redis {how} for 30 s",
        accepted_meanwhile=len(meanwhile),
        sent_meanwhile=in_time,
        final=states,
        refused=refused,
        median_seconds_to_the_provider=round(statistics.median(waits), 2),
        most_to_one_robot_in_a_minute=most,
    )
    assert refused == 0, load.refused
    assert {status for found in reads.values() for status in found} == {200}, reads
    assert nodes[:1] == ["queue"]
    assert nodes[-1] == "send"
    assert states == {"sent": len(load.accepted)}
    # All but the last moment's.
    assert in_time >= 0.9 * len(meanwhile)
    assert len(meanwhile) >= 50
    assert 0 < most <= ROBOT_COUNT
