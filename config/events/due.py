"""Sources of the relay that keep their own timetable in a table: looked at now and then, started safely."""

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from celery import Celery
from django.db import transaction

LOOK_SECONDS = 0.5
# The task's name and its arguments.
Start: TypeAlias = tuple[str, Sequence[Any]]


class DueSource:
    """For `relay.register_source`. `start_due` marks rows as started and says which tasks that means.

    The marks are committed once the broker has the tasks: what it raises goes on, and none is.
    """

    def __init__(self, start_due: Callable[[], Sequence[Start]], *, queue: str) -> None:
        self._start_due = start_due
        self._queue = queue
        self._looked_at = float("-inf")

    def __call__(self, app: Celery) -> int:
        """Starts what is due; returns how many tasks."""
        if time.monotonic() - self._looked_at < LOOK_SECONDS:
            return 0
        self._looked_at = time.monotonic()
        with transaction.atomic():
            tasks = self._start_due()
            if tasks:
                with app.producer_or_acquire() as producer:
                    for name, arguments in tasks:
                        app.send_task(name, args=arguments, queue=self._queue, producer=producer)
        return len(tasks)
