"""How many tasks wait in each of the broker's queues."""

from collections.abc import Iterable
from typing import Any

from amqp.exceptions import AMQPError
from django.conf import settings
from kombu import Queue
from kombu.exceptions import OperationalError

from config.celery import app


def depths(names: Iterable[str]) -> dict[str, int]:
    """Tasks by queue, without those in work; a queue that cannot be asked is left out."""
    found: dict[str, int] = {}
    if settings.EMBEDDED:
        return found
    try:
        with app.connection_for_write(connect_timeout=2) as connection:
            for name in names:
                try:
                    # A channel of its own: asking for a queue that is not there closes it.
                    with connection.channel() as channel:
                        declared: Any = Queue(name, channel=channel).queue_declare(passive=True)
                        found[name] = int(declared.message_count)
                except AMQPError:
                    continue
    except (OperationalError, OSError):
        return found
    return found
