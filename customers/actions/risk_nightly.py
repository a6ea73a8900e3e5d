"""The nightly look at everybody, in parts that many workers share."""

from django.db import transaction

from config.events.publish import enqueue
from customers.models import Customer

TASK = "customers.tasks.risk.evaluate_range"
CHUNK = 500


@transaction.atomic
def plan_nightly_evaluation() -> int:
    """Enqueues one task for each `CHUNK` customers; returns how many tasks."""
    ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    parts = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
    enqueue(TASK, ([part[0], part[-1]] for part in parts), queue="default")
    return len(parts)
