"""Service levels."""

from typing import Any

from celery import shared_task

from tickets.sla import hearing, steps
from tickets.sla.applying import application_work


@shared_task(time_limit=300)
def take_due_steps() -> None:
    """Every half a minute: a beat may be lost and no step is more than a minute late."""
    steps.scan()


@shared_task(time_limit=600)
def apply_policy(application_id: int) -> None:
    """A policy's present version to open tickets."""
    application_work(application_id)


@shared_task(time_limit=120)
def hear_customer_tagged(envelope: dict[str, Any]) -> None:
    """Another policy may fit."""
    hearing.customer_tagged(envelope)
