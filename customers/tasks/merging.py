"""Celery's doors into merging: who may be known twice, and what reached a merged row late."""

from typing import Any

from celery import shared_task
from django.db import transaction

from config.events.subscribers import first_time
from customers.merging import gathering, matching


@shared_task(time_limit=60)
def match_customer(envelope: dict[str, Any]) -> None:
    """Somebody became known by a sign that another may have too."""
    data = envelope["data"]
    if matching.asks_for_a_look(envelope["type"], data):
        with transaction.atomic():
            if first_time("customers.matching", envelope):
                matching.customer_match(data["customer_id"])


@shared_task(time_limit=60)
def gather_merged(envelope: dict[str, Any]) -> None:
    """What was written to the record meanwhile; as often as it comes."""
    gathering.merged_gather(envelope["data"]["merged_customer_id"])


@shared_task(time_limit=120)
def gather_recent() -> None:
    """Every few minutes: the net under it."""
    gathering.recent_gather()
