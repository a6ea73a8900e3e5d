"""How many tasks wait in each of the broker's queues, and how many processes take them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from amqp.exceptions import AMQPError, ChannelError
from django.conf import settings
from kombu import Queue
from kombu.exceptions import OperationalError

from config.celery import app

# What asking raises while the broker is away.
AWAY = (OperationalError, AMQPError, OSError)


@dataclass(frozen=True)
class QueueState:
    """`messages` without those in work."""

    messages: int
    consumers: int


def look(names: Iterable[str], *, answer_seconds: int = 2) -> dict[str, QueueState]:
    """By queue; one that is not there is left out. Raises what the broker raises."""
    found: dict[str, QueueState] = {}
    bounds = {"read_timeout": answer_seconds, "write_timeout": answer_seconds}
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **bounds}
    with app.connection_for_write(
        connect_timeout=answer_seconds, transport_options=options
    ) as connection:
        connection.ensure_connection(max_retries=1, timeout=answer_seconds)
        for name in names:
            try:
                # A channel of its own: asking for a queue that is not there closes it.
                with connection.channel() as channel:
                    declared: Any = Queue(name, channel=channel).queue_declare(passive=True)
                    found[name] = QueueState(declared.message_count, declared.consumer_count)
            except ChannelError:
                continue
    return found
