"""Hand-overs: the steps of running cases, and what the platform's events mean for them."""

from typing import Any

from celery import shared_task
from django.db import transaction

from config.events.publish import enqueue
from config.events.subscribers import first_time
from customers.actions.handover import handover_advance, handovers_due
from customers.actions.handover.results import follower_added, transfer_failed
from customers.actions.handover.start import QUEUE, TASK


@shared_task(time_limit=300)
def advance_handover(handover_id: int) -> None:
    """As far as one case goes now."""
    handover_advance(handover_id)


@shared_task(time_limit=60)
@transaction.atomic
def advance_due_handovers() -> None:
    """Every minute: cases whose time has come, each a task of its own."""
    enqueue(TASK, [[pk] for pk in handovers_due()], queue=QUEUE)


@shared_task(time_limit=60)
@transaction.atomic
def hear_follower_added(envelope: dict[str, Any]) -> None:
    """A member got a customer as a friend: results are asked for soon."""
    if first_time("customers.handovers", envelope):
        data = envelope["data"]
        follower_added(data["customer_id"], data.get("wecom_user_id", ""))


@shared_task(time_limit=60)
@transaction.atomic
def hear_transfer_failed(envelope: dict[str, Any]) -> None:
    """The platform says that a customer was not taken over."""
    if first_time("customers.handovers.failed", envelope):
        data = envelope["data"]
        transfer_failed(
            data.get("external_userid", ""),
            data.get("wecom_user_id", ""),
            data.get("fail_reason", ""),
        )
