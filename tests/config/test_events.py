"""Events inside the house: subscribers are told, act once, and hear of one customer in order."""

import pytest
from django.db import connection, transaction

from config.celery import app
from config.events import relay, subscribers
from config.events.models import OutboxEntry
from config.events.publish import publish, publish_many
from config.events.subscribers import Subscriber, first_time, subscribers_of
from tests.at_once import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def listening(monkeypatch):
    """Nobody but whom the test names."""
    known: list[Subscriber] = []
    monkeypatch.setattr(subscribers, "_subscribers", known)
    return known


def test_a_subscriber_hears_of_its_types_only(listening):
    subscribers.subscribe("customer.tag.added", "one.task")
    subscribers.subscribe("customer.#", "all.task", queue="msg.low")
    assert [s.task for s in subscribers_of("customer.tag.added")] == ["one.task", "all.task"]
    assert [s.task for s in subscribers_of("customer.updated")] == ["all.task"]
    assert subscribers_of("customers.updated") == []


def test_the_relay_starts_a_subscribers_task_with_the_envelope(listening):
    subscribers.subscribe("customer.tag.added", "some.task", queue="msg.low")
    with app.connection_for_write() as broker:
        bound = next(q for q in app.conf.task_queues if q.name == "msg.low")(broker.default_channel)
        bound.declare()
        bound.purge()
        publish("customer.tag.added", {"customer_id": 7})
        relay.relay_once(app)
        message = bound.get(no_ack=True)
    assert message.headers["task"] == "some.task"
    [[envelope], _, _] = message.payload
    assert envelope["type"] == "customer.tag.added"
    assert envelope["data"] == {"customer_id": 7}


def test_an_event_that_comes_again_is_not_acted_on_again():
    envelope = {"eventId": "a" * 32}
    assert first_time("test", envelope)
    assert not first_time("test", envelope)
    assert first_time("another", envelope)


def test_an_act_that_fails_may_be_tried_again():
    envelope = {"eventId": "b" * 32}
    with pytest.raises(RuntimeError), transaction.atomic():
        assert first_time("test", envelope)
        raise RuntimeError
    assert first_time("test", envelope)


def test_of_many_deliveries_at_once_one_acts():
    acted = []

    def deliver() -> None:
        with transaction.atomic():
            if first_time("test", {"eventId": "c" * 32}):
                acted.append(1)

    assert all_at_once([deliver] * 8) == []
    assert acted == [1]


def test_changes_of_one_customer_are_announced_in_the_order_in_which_they_commit():
    def write(name: str) -> None:
        for number in range(20):
            with transaction.atomic():
                publish("customer.updated", {"by": name, "n": number}, key="customer:1")

    assert all_at_once([lambda: write("a"), lambda: write("b"), lambda: write("c")]) == []
    rows = list(OutboxEntry.objects.order_by("id").values_list("payload__data", flat=True))
    for name in "abc":
        assert [row["n"] for row in rows if row["by"] == name] == list(range(20))


@pytest.mark.services_only
def test_two_writers_of_one_customer_wait_for_each_other():
    with transaction.atomic():
        publish("customer.updated", {}, key="customer:1")
        held = connection.cursor()
        held.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted")
        assert held.fetchone()[0] >= 1


def test_three_thousand_events_are_a_few_statements(django_assert_max_num_queries):
    keys = [f"customer:{number}" for number in range(3000)]
    with transaction.atomic(), django_assert_max_num_queries(25):
        publish_many("customer.updated", [{"n": n} for n in range(3000)], keys=keys)
    assert OutboxEntry.objects.count() == 3000
