"""Clause 3: a worker may die, or freeze, at any moment; the others take over and nothing is lost."""

import time

from tests.faults.processes import until
from tests.faults.provider import slow

MESSAGES = 10_000
KILLS = 10
# A call takes so long that ten kills fit into the run, and a wave ends well before `SETTLED_SECONDS`.
CALL_SECONDS = 0.3
SETTLED_SECONDS = 6.0
BETWEEN_KILLS_SECONDS = 2.5
# The lease, and one sweep.
TAKEN_OVER_SECONDS = 70.0
SENDERS = ("send-1", "send-2")
FROZEN_WAITING = 2_000


def in_hand(system):
    """Which messages are in a worker's hands, and by which lease."""
    return dict(
        system.query("SELECT id, lease_token FROM messaging_message WHERE status = 'sending'")
    )


def test_ten_kills_while_ten_thousand_go_out(system, provider, figures):
    order = provider.order(slow(CALL_SECONDS))
    people = system.people(MESSAGES)
    system.send_batch(people)
    killed = []
    for number in range(KILLS):
        victim = SENDERS[number % 2]
        until(lambda: in_hand(system), 60, why="nobody is sending")
        time.sleep(BETWEEN_KILLS_SECONDS)
        left = system.states(people)
        assert left.get("queued"), f"too quick for {KILLS} kills: {left} after {number}"
        at = system.kill(victim)
        killed.append((at, in_hand(system)))
        system.start(victim)
    # What keeps its lease through this was nobody's any more.
    time.sleep(SETTLED_SECONDS)
    held = set(in_hand(system).items())
    orphans = {}
    for at, found in killed:
        for pk, _ in set(found.items()) & held:
            orphans.setdefault(pk, at)
    provider.withdraw(order)
    states = system.wait_until_final(people, 150)
    counted = {}
    for received in provider.log():
        counted[received.recipient] = counted.get(received.recipient, 0) + 1
    missing = set(people) - set(counted)
    twice = sum(1 for count in counted.values() if count > 1)
    ended = dict(
        system.query(
            "SELECT id, extract(epoch FROM finished_at)::float8 FROM messaging_message"
            " WHERE id = ANY(%s)",
            [list(orphans)],
        )
    )
    longest = max(ended[pk] - at for pk, at in orphans.items())
    figures.record(
        "ten kills during ten thousand",
        accepted=len(people),
        final=states,
        not_at_the_provider=len(missing),
        in_flight_at_the_kills=len(orphans),
        sent_twice=twice,
        longest_seconds_until_taken_over_and_sent=round(longest, 1),
    )
    assert states == {"sent": MESSAGES}
    assert not missing
    assert twice <= len(orphans)
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
        ended = until(lambda: _ended(system, orphans), 120, pause=0.5, why=lambda: str(orphans))
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
        longest_seconds_until_taken_over_and_sent=round(longest, 1),
        changed_when_it_woke=changed,
    )
    assert states == {"sent": len(people)}
    assert changed == 0
    assert longest <= TAKEN_OVER_SECONDS


def _ended(system, orphans):
    """When each of these ended; None as long as one has not."""
    rows = dict(
        system.query(
            "SELECT id, extract(epoch FROM finished_at)::float8 FROM messaging_message"
            " WHERE id = ANY(%s) AND finished_at IS NOT NULL",
            [list(orphans)],
        )
    )
    return rows if len(rows) == len(orphans) else None


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
    ended = _ended(system, orphans) or {}
    longest = max(ended.values(), default=at) - at
    figures.record(
        "its pool processes killed alone",
        accepted=len(people),
        final=states,
        in_flight_at_the_kill=len(orphans),
        longest_seconds_until_taken_over_and_sent=round(longest, 1),
    )
    assert states == {"sent": len(people)}
    assert longest <= TAKEN_OVER_SECONDS
