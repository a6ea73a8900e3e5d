"""Clause 3: a worker may die, or freeze, at any moment; the others take over and nothing is lost."""

import time
from collections import Counter

from tests.faults.commands import WORKERS
from tests.faults.processes import descendants, until
from tests.faults.provider import slow

MESSAGES = 10_000
KILLS = 10
# A call takes so long that ten kills fit into the run; a wave ends well before `SETTLED_SECONDS`.
CALL_SECONDS = 1.5
SETTLED_SECONDS = 12.0
BETWEEN_KILLS_SECONDS = 2.0
# The lease, and one sweep.
TAKEN_OVER_SECONDS = 70.0
SENDERS = ("send-1", "send-2", "send-3")
FROZEN_WAITING = 2_000


def in_hand(system):
    """Which messages are in a worker's hands, and by which lease."""
    return dict(
        system.query("SELECT id, lease_token FROM messaging_message WHERE status = 'sending'")
    )


def times_of(system, pks):
    """When each of these ended (epoch seconds), by its row; None as long as one has not."""
    rows = dict(
        system.query(
            "SELECT id, extract(epoch FROM finished_at)::float8 FROM messaging_message"
            " WHERE id = ANY(%s) AND finished_at IS NOT NULL",
            [list(pks)],
        )
    )
    return rows if len(rows) == len(pks) else None


def counted(provider):
    """How often each recipient's message arrived."""
    return Counter(received.recipient for received in provider.log())


class Orphans:
    """What was in the hands of those that died: still held by the same lease long after the kill."""

    def __init__(self, system):
        self._system = system
        self._waiting = []
        # When its worker died, by message.
        self.found = {}

    def take(self, killed_at):
        self._waiting.append((killed_at, in_hand(self._system)))

    def settle(self):
        held = set(in_hand(self._system).items())
        old = [kill for kill in self._waiting if kill[0] < time.time() - SETTLED_SECONDS]
        for killed_at, found in old:
            for pk, _ in set(found.items()) & held:
                self.found.setdefault(pk, killed_at)
        self._waiting = [kill for kill in self._waiting if kill not in old]
        return not self._waiting


def test_ten_kills_while_ten_thousand_go_out(system, provider, figures):
    system.extra_worker("send-3", processes=2)
    order = provider.order(slow(CALL_SECONDS))
    people = system.people(MESSAGES)
    system.send_batch(people)
    orphans = Orphans(system)
    for number in range(KILLS):
        victim = SENDERS[number % len(SENDERS)]
        until(
            lambda victim=victim: len(descendants(system.processes.pid(victim))) >= 2,
            60,
            why=lambda victim=victim: system.processes.tail(victim),
        )
        time.sleep(BETWEEN_KILLS_SECONDS)
        left = system.states(people)
        assert left.get("queued"), f"over before {KILLS} kills: {left} after {number}"
        orphans.take(system.kill(victim))
        orphans.settle()
        if victim in WORKERS:
            system.start(victim)
        else:
            system.extra_worker(victim, processes=2)
    until(orphans.settle, 30, pause=0.5)
    provider.withdraw(order)
    states = system.wait_until_final(people, 150)
    found = counted(provider)
    missing = set(people) - set(found)
    twice = sum(1 for count in found.values() if count > 1)
    ended = times_of(system, orphans.found)
    longest = max(ended[pk] - at for pk, at in orphans.found.items())
    figures.record(
        "ten kills during ten thousand",
        accepted=len(people),
        final=states,
        not_at_the_provider=len(missing),
        in_flight_at_the_kills=len(orphans.found),
        sent_twice=twice,
        longest_seconds_until_sent_by_another=round(longest, 1),
    )
    assert states == {"sent": MESSAGES}
    assert not missing
    assert orphans.found, "nobody held anything when it died"
    assert twice <= len(orphans.found)
    assert longest <= TAKEN_OVER_SECONDS


def test_a_frozen_worker_is_replaced_and_changes_nothing_when_it_wakes(system, provider, figures):
    """SIGSTOP past the lease, then SIGCONT."""
    order = provider.order(slow(CALL_SECONDS))
    people = system.people(FROZEN_WAITING)
    system.send_batch(people)
    until(lambda: len(in_hand(system)) >= 100, 60, why="nobody is sending")
    frozen_at = system.processes.freeze("send-1")
    try:
        found = in_hand(system)
        time.sleep(SETTLED_SECONDS)
        orphans = dict(set(found.items()) & set(in_hand(system).items()))
        assert orphans, "it held nothing when it froze"
        provider.withdraw(order)
        ended = until(lambda: times_of(system, orphans), 120, pause=0.5, why=lambda: str(orphans))
        states = system.wait_until_final(people, 60)
        longest = max(ended.values()) - frozen_at
        before = _rows(system, people)
        fenced = system.processes.log("send-1").count("results_fenced")
    finally:
        system.processes.thaw("send-1")
    # It wakes in the middle of its calls, ends them, and wants to write them down.
    until(
        lambda: system.processes.log("send-1").count("results_fenced") > fenced,
        60,
        why=lambda: system.processes.tail("send-1"),
    )
    after = _rows(system, people)
    changed = sum(1 for pk in before if before[pk] != after[pk])
    figures.record(
        "frozen past its lease",
        accepted=len(people),
        final=states,
        in_its_hands=len(orphans),
        longest_seconds_until_sent_by_another=round(longest, 1),
        changed_when_it_woke=changed,
    )
    assert states == {"sent": len(people)}
    assert changed == 0
    assert longest <= TAKEN_OVER_SECONDS


def _rows(system, people):
    """Everything that a result would change."""
    rows = system.query(
        "SELECT id, status, attempts, lease_token, due_at, provider_message_id, duration_ms, sent_at,"
        " finished_at, error_code FROM messaging_message WHERE recipient = ANY(%s)",
        [list(people)],
    )
    return {row[0]: row[1:] for row in rows}


def test_a_pool_process_that_dies_alone_is_replaced_by_its_worker(system, provider, figures):
    """As the kernel kills one that takes too much memory; its parent lives and gives the task back."""
    order = provider.order(slow(CALL_SECONDS))
    people = system.people(1000)
    system.send_batch(people)
    until(lambda: len(in_hand(system)) >= 100, 60, why="nobody is sending")
    at = system.processes.kill_children("send-1")
    found = in_hand(system)
    time.sleep(SETTLED_SECONDS)
    orphans = dict(set(found.items()) & set(in_hand(system).items()))
    provider.withdraw(order)
    states = system.wait_until_final(people, 150)
    ended = times_of(system, orphans) or {}
    longest = max(ended.values(), default=at) - at
    figures.record(
        "its pool processes killed alone",
        accepted=len(people),
        final=states,
        in_flight_at_the_kill=len(orphans),
        longest_seconds_until_sent_by_another=round(longest, 1),
    )
    assert states == {"sent": len(people)}
    assert longest <= TAKEN_OVER_SECONDS
