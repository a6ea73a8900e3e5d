"""Celery's doors into tagging rules: after a change, on demand, and every night."""

from typing import Any

from celery import shared_task
from django.db import transaction

from config.events.subscribers import first_time
from customers.actors import Entry
from customers.tagging.evaluate import rules_evaluate
from customers.tagging.rules import RULES
from customers.tagging.run import rules_run

# Over 100,000 customers a rule that tags them all takes minutes.
RUN_SECONDS = 3600


@shared_task(time_limit=60)
def evaluate_customer(envelope: dict[str, Any]) -> None:
    """Something changed that a rule may look at."""
    data = envelope["data"]
    customer_id = data.get("customer_id")
    if not customer_id or _is_our_own(data):
        return
    with transaction.atomic():
        if first_time("customers.segments", envelope):
            rules_evaluate(customer_id=customer_id)


@shared_task(time_limit=RUN_SECONDS, soft_time_limit=RUN_SECONDS)
def run_rule(rule_id: int) -> None:
    rules_run([rule_id])


@shared_task(time_limit=RUN_SECONDS, soft_time_limit=RUN_SECONDS)
def run_all_rules() -> None:
    """At night: that somebody fell silent is an event that nobody sends."""
    rules_run()


def _is_our_own(data: dict[str, Any]) -> bool:
    """What rules set has been followed up by whoever set it."""
    return data.get("entry") == str(Entry.SYSTEM) and data.get("actor") == RULES.name
