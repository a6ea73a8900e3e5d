"""Celery's doors into risk: after a change, and every night for everybody."""

from typing import Any

from celery import shared_task
from django.db import transaction

from config.events.subscribers import first_time
from customers.actions.risk import risk_evaluate
from customers.actions.risk_nightly import plan_nightly_evaluation
from customers.models import Customer

# A first reading of all contacts tells of thousands of these: they cannot raise a score.
GOOD_NEWS = frozenset({"customer.follower.added", "ticket.resolved", "ticket.closed"})


@shared_task(time_limit=60)
def reassess(envelope: dict[str, Any]) -> None:
    """Something happened to a customer that a signal looks at."""
    customer_id = envelope["data"].get("customer_id")
    if not customer_id or (envelope["type"] in GOOD_NEWS and not _is_at_risk(customer_id)):
        return
    with transaction.atomic():
        if first_time("customers.risk", envelope):
            risk_evaluate(customer_ids=[customer_id])


def _is_at_risk(customer_id: int) -> bool:
    return Customer.objects.filter(pk=customer_id, risk_score__gt=0).exists()


@shared_task(time_limit=300)
def evaluate_everybody() -> None:
    """At night: silence is an event that nobody sends."""
    plan_nightly_evaluation()


@shared_task(time_limit=300)
def evaluate_range(first_id: int, last_id: int) -> None:
    """Customers with ids from `first_id` to `last_id`."""
    ids = Customer.objects.filter(pk__gte=first_id, pk__lte=last_id).values_list("pk", flat=True)
    risk_evaluate(customer_ids=list(ids))
