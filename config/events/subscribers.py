"""Who inside the house wants to hear of which events (design.md §1).

The relay starts the subscriber's task with the envelope as its only argument, in the same hand-over
as the exchange gets it. At least once: a task begins with `first_time`.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from config.events.models import ConsumedEvent
from config.retention import expired, remove_all

# Longer than any broker keeps what it could bring again.
KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Subscriber:
    """`pattern` is an event type, or a beginning of types with `.#` behind it: `customer.#`."""

    pattern: str
    task: str
    queue: str

    def wants(self, event_type: str) -> bool:
        if self.pattern.endswith(".#"):
            return event_type.startswith(self.pattern[:-1])
        return event_type == self.pattern


_subscribers: list[Subscriber] = []


def subscribe(pattern: str, task: str, *, queue: str = "") -> None:
    """Called from an app's `ready()`; `task` is a Celery task's name, taking the envelope."""
    subscriber = Subscriber(pattern, task, queue or settings.CELERY_TASK_DEFAULT_QUEUE)
    if subscriber not in _subscribers:
        _subscribers.append(subscriber)


def subscribers_of(event_type: str) -> list[Subscriber]:
    return [subscriber for subscriber in _subscribers if subscriber.wants(event_type)]


def first_time(consumer: str, envelope: dict[str, Any]) -> bool:
    """False when `consumer` has acted on this event before. Call inside the act's transaction.

    Of two deliveries at once the second waits at the unique index for the first one's commit.
    """
    try:
        with transaction.atomic():
            ConsumedEvent.objects.create(consumer=consumer, event_id=envelope["eventId"])
    except IntegrityError:
        return False
    return True


def forget_old() -> int:
    """Deletes what is too old to come again; returns how many."""
    old = expired(ConsumedEvent.objects.all(), "consumed_at")
    return remove_all(old, timezone.now() - KEPT)
