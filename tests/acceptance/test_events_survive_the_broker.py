"""With RabbitMQ away a tag is set; with it back its event arrives, in order (contract.md §3)."""

import os
from urllib.parse import urlsplit

import pytest
from kombu import Connection, Exchange, Queue

from tests import live
from tests.line import Line

# It starts a system of its own and waits for a line to come back.
pytestmark = [pytest.mark.live, pytest.mark.services_only, pytest.mark.timeout(300)]

EVENTS = Exchange("scrm.events", type="topic", durable=True)


@pytest.fixture
def line():
    broker = urlsplit(os.environ["BROKER_URL"])
    made = Line(broker.hostname or "127.0.0.1", broker.port or 5672)
    yield made
    made.close()


@pytest.fixture
def system(line):
    url = os.environ["BROKER_URL"]
    behind = urlsplit(url)
    netloc = behind.netloc.rpartition("@")[0] + f"@127.0.0.1:{line.port}"
    with live.start(BROKER_URL=behind._replace(netloc=netloc).geturl()) as started:
        yield started


@pytest.fixture
def consumer():
    """Hears everything about customers, straight at the broker."""
    with Connection(os.environ["BROKER_URL"]) as broker:
        queue = Queue("test.outage", EVENTS, routing_key="customer.#", exclusive=True)
        bound = queue(broker.default_channel)
        bound.declare()
        yield bound


def _heard(consumer, known):
    """Adds what has arrived to `known`, by `eventId`: what comes twice counts once."""
    while message := consumer.get(no_ack=True):
        known.setdefault(message.payload["eventId"], message.payload)
    return known


def test_events_wait_for_the_broker_and_keep_their_order(system, line, consumer):
    admin = system.as_user("admin")
    customer = admin.get(system.url("/api/v1/customers?keyword=张三")).json()["list"][0]["id"]
    path = system.url(f"/api/v1/customers/{customer}")
    names = [f"标签{n}" for n in range(6)]
    tags = [
        admin.post(system.url("/api/v1/tags"), json={"name": name}).json()["id"] for name in names
    ]
    known: dict[str, dict] = {}
    _heard(consumer, known)
    known.clear()

    line.cut()
    for number, tag in enumerate(tags):
        answer = admin.post(f"{path}/tags", json={"tag_ids": [tag]})
        assert answer.status_code in (200, 201), answer.text
        answer = admin.patch(path, json={"remark": f"备注{number}"})
        assert answer.status_code == 200, answer.text
    shown = {tag["id"] for tag in admin.get(path).json()["tags"]}
    assert set(tags) <= shown, "the tags are set while the broker is away"
    assert _heard(consumer, known) == {}

    line.mend()
    wanted = 2 * len(tags)

    def mine():
        return [event for event in _heard(consumer, known).values() if _is_mine(event, customer)]

    system.until(lambda: len(mine()) >= wanted, 60)
    found = mine()
    assert [event["type"] for event in found] == ["customer.tag.added", "customer.updated"] * 6
    added = [event["data"]["tag_ids"] for event in found[::2]]
    assert added == [[tag] for tag in tags], "in the order in which they were set, each once"


def _is_mine(event, customer):
    return event["data"]["customer_id"] == customer and event["type"] in (
        "customer.tag.added",
        "customer.updated",
    )
