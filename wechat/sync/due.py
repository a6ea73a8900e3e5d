"""What is due of the sync leaves through the relay: jobs, runs that waited, runs whose worker died."""

import time

from celery import Celery
from django.db import transaction

from wechat.sync import jobs, runs

LOOK_SECONDS = 0.5
_looked_at = 0.0


def publish_due(app: Celery) -> int:
    """Starts what is due; returns how many tasks. Raises what the broker raises: then none is."""
    global _looked_at
    if time.monotonic() - _looked_at < LOOK_SECONDS:
        return 0
    _looked_at = time.monotonic()
    with transaction.atomic():
        tasks = [*jobs.start_due(), *runs.start_due()]
        if tasks:
            with app.producer_or_acquire() as producer:
                for name, arguments in tasks:
                    app.send_task(name, args=arguments, queue=jobs.QUEUE, producer=producer)
    return len(tasks)
