"""Clause 1: after a 202 the message is committed, whoever dies right after, and it comes to its end."""

import threading
import time

import pytest

from tests.faults.load import Load
from tests.faults.processes import until
from tests.faults.system import SENDERS

SENDS = 1000
# What a database's death interrupted is found by the sweep a minute later.
END_SECONDS = 150
BOTH_DOORS = 40


def kept(system, accepted):
    """How many of the promised messages have their row."""
    rows = system.query(
        "SELECT count(*) FROM messaging_message WHERE message_id = ANY(%s) AND recipient = ANY(%s)",
        [list(accepted.values()), list(accepted)],
    )
    return rows[0][0]


def test_a_thousand_sends_while_each_server_in_turn_dies(system, provider, mortal, figures):
    with Load(system, [system.web, system.live], callers=4, gap_seconds=0.03) as load:

        def more(count):
            wanted = len(load.accepted) + count
            until(lambda: len(load.accepted) >= wanted, 60, why=lambda: f"{load.refused}")

        for name in ("web", "live"):
            more(100)
            system.kill(name)
            time.sleep(1)
            system.start(name)
        for server in (mortal.rabbitmq, mortal.redis, mortal.postgres):
            more(100)
            server.kill()
            time.sleep(1)
            server.start()
        until(lambda: len(load.accepted) >= SENDS, 120, why=lambda: f"{load.refused}")
    rows = kept(system, load.accepted)
    states = system.wait_until_final(list(load.accepted), END_SECONDS)
    delivered = {received.recipient for received in provider.log()}
    figures.record(
        "each server killed in turn",
        accepted=len(load.accepted),
        without_a_row=len(load.accepted) - rows,
        final=states,
        not_at_the_provider=len(set(load.accepted) - delivered),
        refused_meanwhile=sum(load.refused.values()),
    )
    assert rows == len(load.accepted)
    assert states == {"sent": len(load.accepted)}
    assert set(load.accepted) <= delivered


@pytest.mark.parametrize("victim", ["web", "live"])
def test_a_server_that_is_killed_right_after_its_answer_loses_nothing(system, figures, victim):
    people = system.people(BOTH_DOORS)
    answers = {}
    base = getattr(system, victim)

    def ask(person):
        answers[person] = system.send(person, base=base)

    # All but the last at once, so that a commit carries many; the last answer is the signal.
    threads = [threading.Thread(target=ask, args=(person,)) for person in people[:-1]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers[people[-1]] = system.send(people[-1], base=base)
    system.kill(victim)
    assert {answer.status_code for answer in answers.values()} == {202}
    accepted = {person: answer.json()["message_id"] for person, answer in answers.items()}
    rows = kept(system, accepted)
    system.start(victim)
    states = system.wait_until_final(people, END_SECONDS)
    figures.record(
        f"{victim} killed right after the answer",
        accepted=len(accepted),
        without_a_row=len(accepted) - rows,
        final=states,
    )
    assert rows == len(people)
    assert states == {"sent": len(people)}


def test_everything_dies_at_once_right_after_the_answer(system, provider, mortal, figures):
    """As when the machine loses its power, but for the disk's own memory."""
    people = system.people(200)
    system.send_batch(people[:100])
    for person in people[100:]:
        assert system.send(person).status_code == 202
    for server in (mortal.postgres, mortal.rabbitmq, mortal.redis):
        server.kill()
    for name in system.processes.names():
        system.kill(name)
    for server in (mortal.postgres, mortal.rabbitmq, mortal.redis):
        server.start()
    system.start("relay", "beat", *SENDERS, "rest", "web", "live")
    started = time.time()
    states = system.wait_until_final(people, END_SECONDS)
    delivered = {received.recipient for received in provider.log()}
    figures.record(
        "everything killed at once",
        accepted=len(people),
        final=states,
        seconds_until_all_were_final=round(time.time() - started, 1),
        not_at_the_provider=len(set(people) - delivered),
    )
    assert states == {"sent": len(people)}
    assert set(people) <= delivered
