"""The outbox: nothing published before commit, nothing lost while the broker is away."""

import os

import pytest
from django.db import connection, transaction
from kombu import Connection, Queue
from kombu.exceptions import OperationalError

from config.celery import app
from config.events import relay
from config.events.models import OutboxEntry
from config.events.publish import enqueue, publish
from tests.at_once import all_at_once

# Another test process speaks to the same exchange at the same time.
EVENT = f"customer.test{os.getpid()}"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bound_queue():
    """A queue of our own that hears this process's events on `scrm.events`."""
    with app.connection_for_write() as broker:
        queue = Queue(f"test.{EVENT}", relay.EVENTS_EXCHANGE, routing_key=EVENT, auto_delete=True)
        bound = queue(broker.default_channel)
        bound.declare()
        bound.purge()
        yield bound
        bound.delete()


def test_an_event_reaches_the_exchange_with_the_contracts_envelope(bound_queue):
    publish(EVENT, {"customer_id": 7})
    assert relay.relay_once(app) == 1
    message = bound_queue.get(no_ack=True)
    assert set(message.payload) == {"eventId", "type", "timestamp", "data"}
    assert (message.payload["type"], message.payload["data"]) == (
        EVENT,
        {"customer_id": 7},
    )
    assert message.delivery_info["routing_key"] == EVENT
    assert not OutboxEntry.objects.exists()


def test_a_task_reaches_the_queue_that_was_named():
    with app.connection_for_write() as broker:
        channel = broker.default_channel
        bound = next(q for q in app.conf.task_queues if q.name == "msg.low")(channel)
        bound.declare()
        bound.purge()
        enqueue("messaging.tasks.send_chunk", [[[1, 2, 3]]], queue="msg.low")
        relay.relay_once(app)
        message = bound.get(no_ack=True)
    assert message.payload[0] == [[1, 2, 3]]
    assert message.headers["task"] == "messaging.tasks.send_chunk"
    if connection.vendor == "postgresql":
        assert message.properties["delivery_mode"] == 2, "it outlives a restart of the broker"


def test_what_was_rolled_back_is_never_published(bound_queue):
    with pytest.raises(RuntimeError), transaction.atomic():
        publish(EVENT, {})
        raise RuntimeError
    assert relay.relay_once(app) == 0


def test_a_row_that_cannot_be_published_is_set_aside_and_stops_nobody(bound_queue):
    enqueue("messaging.tasks.send_chunk", [[[1]]], queue="no.such.queue")
    publish(EVENT, {"customer_id": 7})
    relay.relay_once(app)
    assert bound_queue.get(no_ack=True).payload["data"] == {"customer_id": 7}
    assert "no.such.queue" in OutboxEntry.objects.get().error
    assert relay.relay_once(app) == 0


def test_while_the_broker_is_away_the_rows_stay(monkeypatch):
    publish(EVENT, {})

    def away(*_args, **_kwargs):
        raise OperationalError

    monkeypatch.setattr(app, "producer_or_acquire", away)
    with pytest.raises(OperationalError):
        relay.relay_once(app)
    assert OutboxEntry.objects.count() == 1


@pytest.mark.services_only
def test_a_broker_that_cannot_be_reached_loses_nothing(monkeypatch):
    publish(EVENT, {})
    nowhere = Connection("amqp://guest:guest@127.0.0.1:1//", connect_timeout=1)
    monkeypatch.setattr(app, "producer_or_acquire", nowhere.Producer)
    with pytest.raises((OperationalError, OSError)):
        relay.relay_once(app)
    assert OutboxEntry.objects.count() == 1


def test_four_relays_at_once_publish_each_row_once(bound_queue):
    for number in range(300):
        publish(EVENT, {"n": number})

    def work() -> None:
        while relay.relay_once(app):
            pass

    assert all_at_once([work] * 4) == []
    seen = []
    while message := bound_queue.get(no_ack=True):
        seen.append(message.payload["data"]["n"])
    assert sorted(seen) == list(range(300))
