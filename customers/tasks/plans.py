"""Follow-up plans: driven by events, and by the scan of their steps."""

from datetime import datetime
from typing import Any

from celery import shared_task
from django.db import transaction

from config.events.subscribers import first_time, subscribe
from customers.actions import enrollments, plan_steps

TRIGGERS = ("customer.created", "customer.tag.added", "project.created", "project.stage_changed")
ENDINGS = ("customer.lost", "customer.blocked", "customer.deleted", "customer.erased")
HANDOVERS = ("customer.assigned", "customer.transferred")


def listen() -> None:
    """Called from `ready()`."""
    for events, task in (
        (TRIGGERS, "enroll_by_event"),
        (ENDINGS, "leave_by_event"),
        (HANDOVERS, "hand_over_by_event"),
    ):
        for event_type in events:
            subscribe(event_type, f"customers.tasks.plans.{task}")


@shared_task(time_limit=60)
def enroll_by_event(envelope: dict[str, Any]) -> None:
    """A customer enters the plans that the event starts."""
    data = envelope["data"]
    plans = enrollments.plans_for(envelope["type"], data)
    if not plans:
        return
    with transaction.atomic():
        if first_time("plans.enroll", envelope):
            enrollments.customer_enroll_by_event(
                plans=plans,
                customer_id=data["customer_id"],
                at=datetime.fromisoformat(envelope["timestamp"]),
            )


@shared_task(time_limit=60)
def leave_by_event(envelope: dict[str, Any]) -> None:
    """Who is lost, blocked or deleted is followed up no more."""
    with transaction.atomic():
        if first_time("plans.leave", envelope):
            enrollments.customer_leave_plans(customer_id=envelope["data"]["customer_id"])


@shared_task(time_limit=60)
def hand_over_by_event(envelope: dict[str, Any]) -> None:
    """Open tasks and planned follow-ups go with the customer to the new owner."""
    data = envelope["data"]
    with transaction.atomic():
        if first_time("plans.hand_over", envelope):
            enrollments.customer_work_handed_over(
                customer_id=data["customer_id"], from_user_id=data.get("from_user_id")
            )


@shared_task(time_limit=240)
def make_due_tasks() -> None:
    """Every five minutes: steps whose day and hour have come."""
    plan_steps.make_due_tasks()
