"""Clause 12: SIGTERM finishes or gives back what is in flight within 30 s; a rolling restart sends once."""

import pytest

from tests.faults.load import Load
from tests.faults.processes import until
from tests.faults.provider import slow

MESSAGES = 10_000
STOP_SECONDS = 30.0
SENDERS = ("send-1", "send-2")
# So slow that the batch outlasts the restarts.
CALL_SECONDS = 1.0
# Nearly what a call may take: a wave of these would last longer than a stop may.
LONG_CALL_SECONDS = 12.0


def counted(provider):
    """How often each recipient's message arrived."""
    found = {}
    for received in provider.log():
        found[received.recipient] = found.get(received.recipient, 0) + 1
    return found


def is_sending(system, people):
    return system.states(people).get("sending", 0) > 0


def test_a_rolling_restart_during_ten_thousand_sends_each_once(system, provider, figures):
    order = provider.order(slow(CALL_SECONDS))
    people = system.people(MESSAGES)
    system.send_batch(people)
    seconds = {}
    left = {}
    for name in (*SENDERS, "relay", *SENDERS, "beat", "rest", "web", "live"):
        until(lambda: is_sending(system, people), 60, pause=0.01, why="nobody is sending")
        seconds[name] = max(seconds.get(name, 0.0), round(system.processes.stop(name), 1))
        left[name] = system.states(people)
        system.start(name)
    provider.withdraw(order)
    states = system.wait_until_final(people, 150)
    found = counted(provider)
    figures.record(
        "rolling restart during ten thousand",
        accepted=len(people),
        final=states,
        not_at_the_provider=len(set(people) - set(found)),
        sent_twice=sum(1 for count in found.values() if count > 1),
        longest_seconds_to_stop=max(seconds.values()),
    )
    for name in SENDERS:
        assert left[name].get("queued"), f"over before all had been restarted: {left}"
    assert states == {"sent": MESSAGES}
    assert set(found) == set(people)
    assert set(found.values()) == {1}
    assert max(seconds.values()) <= STOP_SECONDS, seconds


def test_a_worker_stops_in_time_although_its_provider_is_slow(system, provider, figures):
    order = provider.order(slow(LONG_CALL_SECONDS))
    people = system.people(1000)
    system.send_batch(people)
    until(lambda: len(provider.log()) >= 20, 60, why="nobody is sending")
    for name in SENDERS:
        system.processes.ask_to_stop(name)
    seconds = max(system.processes.wait(name, 60) for name in SENDERS)
    left = system.states(people)
    provider.withdraw(order)
    system.start(*SENDERS)
    states = system.wait_until_final(people, 150)
    found = counted(provider)
    figures.record(
        "stopped while each call takes 12 s",
        accepted=len(people),
        final=states,
        still_leased_after_the_stop=left.get("sending", 0),
        sent_twice=sum(1 for count in found.values() if count > 1),
        seconds_to_stop=round(seconds, 1),
    )
    assert left.get("sending", 0) == 0, "whoever stops keeps nothing"
    assert states == {"sent": len(people)}
    assert set(found.values()) == {1}
    assert seconds <= STOP_SECONDS


@pytest.mark.parametrize("door", ["web", "live"])
def test_a_web_server_that_is_stopped_answers_what_it_has_begun(system, figures, door):
    with Load(system, [getattr(system, door)], callers=4) as load:
        until(lambda: len(load.accepted) >= 50, 60, why=lambda: f"{load.refused}")
        seconds = system.processes.stop(door)
        load.stop()
    system.start(door)
    people = list(load.accepted)
    rows = system.query(
        "SELECT count(*) FROM messaging_message WHERE message_id = ANY(%s)",
        [list(load.accepted.values())],
    )
    states = system.wait_until_final(people, 60)
    figures.record(
        f"{door} stopped under load",
        accepted=len(people),
        without_a_row=len(people) - rows[0][0],
        final=states,
        seconds_to_stop=round(seconds, 1),
    )
    assert rows == [(len(people),)]
    assert states == {"sent": len(people)}
    # A connection that comes once it has gone is refused; none that it took is dropped.
    assert set(load.refused) <= {"ConnectionError"}
    assert seconds <= STOP_SECONDS
