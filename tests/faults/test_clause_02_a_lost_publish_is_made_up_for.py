"""Clause 2: what never reached the broker, or was lost in it, is found by a sweep within 60 s."""

import time

from django.conf import settings

from tests.faults.load import Load
from tests.faults.processes import until
from tests.faults.provider import slow

WAITING = 500
# A sweep finds it within a minute; sending it takes a moment more.
FOUND_SECONDS = 60.0
SENT_SECONDS = 10.0
SENDERS = ("send-1", "send-2")
QUEUE = "msg.normal"


def accept(system, number):
    """Half of them in a batch, half one by one: a chunk of many, and chunks of few."""
    people = system.people(number)
    system.send_batch(people[: number // 2])
    for person in people[number // 2 :]:
        assert system.send(person, base=system.live).status_code == 202
    return people


def wait_in_the_broker(system, servers):
    """Accepted and published, with nobody there to send."""
    for name in SENDERS:
        system.processes.ask_to_stop(name)
    for name in SENDERS:
        system.processes.wait(name)
    people = accept(system, WAITING)
    until(
        lambda: (
            system.query("SELECT 1 FROM messaging_messagechunk WHERE published_at IS NULL") == []
        ),
        30,
        why="not all were published",
    )
    assert servers.rabbitmq.depth(QUEUE) > 0
    return people


def seconds_until_all_are_sent(system, provider, people, since):
    states = system.wait_until_final(people, FOUND_SECONDS + SENT_SECONDS + 30)
    assert states == {"sent": len(people)}
    assert {received.recipient for received in provider.log()} >= set(people)
    (row,) = system.query(
        "SELECT extract(epoch FROM max(finished_at))::float8 FROM messaging_message"
        " WHERE recipient = ANY(%s)",
        [people],
    )
    return round(row[0] - since, 1)


def test_what_is_accepted_while_the_broker_is_away_is_sent_when_it_is_back(
    system, provider, mortal, figures
):
    mortal.rabbitmq.stop()
    people = accept(system, WAITING)
    time.sleep(5)
    assert provider.log() == []
    mortal.rabbitmq.start()
    seconds = seconds_until_all_are_sent(system, provider, people, time.time())
    figures.record(
        "accepted while the broker is away",
        accepted=WAITING,
        lost=0,
        seconds_until_all_sent=seconds,
    )
    assert seconds <= FOUND_SECONDS + SENT_SECONDS


def test_all_queues_deleted_with_500_waiting(system, provider, mortal, figures):
    people = wait_in_the_broker(system, mortal)
    mortal.rabbitmq.delete_queues([queue.name for queue in settings.CELERY_TASK_QUEUES])
    deleted_at = time.time()
    system.start(*SENDERS)
    seconds = seconds_until_all_are_sent(system, provider, people, deleted_at)
    figures.record("all queues deleted", waiting=WAITING, lost=0, seconds_until_all_sent=seconds)
    assert seconds <= FOUND_SECONDS + SENT_SECONDS


def test_the_brokers_whole_data_folder_lost_with_500_waiting(system, provider, mortal, figures):
    people = wait_in_the_broker(system, mortal)
    mortal.rabbitmq.kill()
    mortal.rabbitmq.wipe()
    wiped_at = time.time()
    mortal.rabbitmq.start()
    system.start(*SENDERS)
    seconds = seconds_until_all_are_sent(system, provider, people, wiped_at)
    figures.record(
        "the broker's data folder lost", waiting=WAITING, lost=0, seconds_until_all_sent=seconds
    )
    assert seconds <= FOUND_SECONDS + SENT_SECONDS


def test_a_lost_task_is_found_while_its_queue_never_empties(system, provider, mortal, figures):
    """More is accepted than slow workers send, so the queue's length alone tells nothing."""
    people = wait_in_the_broker(system, mortal)
    lost = [pk for (pk,) in system.query("SELECT id FROM messaging_messagechunk")]
    mortal.rabbitmq.delete_queues([QUEUE])
    deleted_at = time.time()
    order = provider.order(slow(1.0))
    depths = []

    def found():
        depths.append(mortal.rabbitmq.depth(QUEUE) or 0)
        (row,) = system.query(
            "SELECT count(*) FROM messaging_messagechunk WHERE id = ANY(%s) AND publications < 2",
            [lost],
        )
        return row == (0,)

    with Load(system, [system.live], callers=4, gap_seconds=0.4) as load:
        system.start(*SENDERS)
        until(found, FOUND_SECONDS + 30, pause=1.0, why=lambda: f"depths {depths}")
    seconds = round(time.time() - deleted_at, 1)
    provider.withdraw(order)
    states = system.wait_until_final([*people, *load.accepted], 120)
    figures.record(
        "lost from a queue that never empties",
        waiting=WAITING,
        most_tasks_in_the_queue=max(depths),
        seconds_until_published_again=seconds,
        final=states,
    )
    assert depths[-1] > 0, "the queue was to be full when the sweep looked"
    assert seconds <= FOUND_SECONDS + 2
    assert states == {"sent": len(people) + len(load.accepted)}


def test_the_net_does_not_hang_on_beat(system, provider, mortal, figures):
    """Whoever publishes looks after what was lost, so that no other process need be alive."""
    people = wait_in_the_broker(system, mortal)
    for name in ("beat", "rest"):
        system.kill(name)
    mortal.rabbitmq.delete_queues([QUEUE])
    deleted_at = time.time()
    system.start(*SENDERS)
    seconds = seconds_until_all_are_sent(system, provider, people, deleted_at)
    figures.record(
        "beat and its worker dead", waiting=WAITING, lost=0, seconds_until_all_sent=seconds
    )
    assert seconds <= FOUND_SECONDS + SENT_SECONDS
