"""Hands outbox rows to the broker: tasks to their queues, events to the exchange `scrm.events`.

At least once: rows are deleted in the transaction that read them, after the broker confirmed.
Several relays may run; on PostgreSQL each takes tasks that no other holds, and events are one
relay's at a time, so that those of one customer stay in order.
"""

import threading
import traceback
from collections.abc import Callable

from celery import Celery
from django.db import InterfaceError, connection, transaction
from django.db import OperationalError as DatabaseDownError
from kombu import Exchange, Producer
from kombu.exceptions import OperationalError

from config.broker.trace import as_request
from config.database.locks import try_transaction_lock
from config.events import wakeup
from config.events.models import OutboxEntry
from config.events.subscribers import subscribers_of
from config.logs import get_logger
from config.processes.heartbeat import beat_once

logger = get_logger(__name__)

EVENTS_EXCHANGE = Exchange("scrm.events", type="topic", durable=True)
BATCH_ROWS = 200
# A relay in another process than the writer's sees new rows at its next look.
IDLE_SECONDS = 0.03
# A few rows at a time cost as much as many: while a rush goes on, more of them gather.
FEW_ROWS, GATHER_SECONDS = 20, 0.01
BROKER_RETRY_SECONDS = 1.0

# What else leaves through the relay: each publishes some of what is due and says how much.
_sources: list[Callable[[Celery], int]] = []


def register_source(source: Callable[[Celery], int]) -> None:
    """Called from an app's `ready()`; `source` raises what the broker raises."""
    if source not in _sources:
        _sources.append(source)


def relay_once(app: Celery) -> int:
    """Publishes up to `BATCH_ROWS` rows, oldest first; returns how many it dealt with.

    A row that cannot be published at all is set aside. Raises kombu's `OperationalError` or an
    `OSError` when the broker is away; the rows then stay.
    """
    if not OutboxEntry.objects.filter(error="").exists():
        return 0
    with transaction.atomic():
        rows = OutboxEntry.objects.filter(error="").order_by("id")
        if not try_transaction_lock("relay.events"):
            rows = rows.filter(kind=OutboxEntry.Kind.TASK)
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        entries = list(rows[:BATCH_ROWS])
        if not entries:
            return 0
        with app.producer_or_acquire() as producer:
            published = [entry.pk for entry in entries if _publish(app, producer, entry)]
        OutboxEntry.objects.filter(pk__in=published).delete()
    return len(entries)


def _publish(app: Celery, producer: Producer, entry: OutboxEntry) -> bool:
    """Hands one row over; False when the row itself is wrong, and says so in it."""
    with as_request(entry.request_id):
        return _publish_as_its_request(app, producer, entry)


def _publish_as_its_request(app: Celery, producer: Producer, entry: OutboxEntry) -> bool:
    try:
        if entry.kind == OutboxEntry.Kind.TASK:
            app.send_task(entry.name, args=entry.payload, queue=entry.queue, producer=producer)
        else:
            producer.publish(
                entry.payload,
                exchange=EVENTS_EXCHANGE,
                routing_key=entry.name,
                declare=[EVENTS_EXCHANGE],
                serializer="json",
                delivery_mode=2,
                retry=True,
                retry_policy={"max_retries": 2},
            )
            for subscriber in subscribers_of(entry.name):
                app.send_task(
                    subscriber.task,
                    args=[entry.payload],
                    queue=subscriber.queue,
                    producer=producer,
                )
    except (OperationalError, OSError):
        raise
    except Exception:
        logger.exception("outbox_row_set_aside", entry=entry.pk, name=entry.name)
        OutboxEntry.objects.filter(pk=entry.pk).update(error=traceback.format_exc())
        return False
    return True


def run(app: Celery, stop: threading.Event) -> None:
    """Relays until `stop` is set; outlives every outage of the broker and of the database."""
    while not stop.is_set():
        try:
            beat_once("relay")
            moved = sum(source(app) for source in _sources) + relay_once(app)
            if moved == 0:
                wakeup.wait(IDLE_SECONDS)
            elif moved < FEW_ROWS:
                stop.wait(GATHER_SECONDS)
        except (OperationalError, OSError):
            logger.warning("relay_broker_away", retry_seconds=BROKER_RETRY_SECONDS)
            stop.wait(BROKER_RETRY_SECONDS)
        except (DatabaseDownError, InterfaceError):
            logger.warning("relay_database_away", retry_seconds=BROKER_RETRY_SECONDS)
            connection.close()
            stop.wait(BROKER_RETRY_SECONDS)
    connection.close()
