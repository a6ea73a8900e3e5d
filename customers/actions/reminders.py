"""Follow-ups and tasks whose time has come: marked once, and announced (seed 003, 跟进提醒).

All that one scan finds carries the same `reminded_at`: who tells the owners makes one message of it.
"""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from config.database import clock
from config.database.locks import try_transaction_lock
from config.events.publish import publish_many
from customers.actions.history import about, order_key
from customers.actors import system_actor
from customers.models import CustomerStatus, FollowUp, FollowUpTask, TaskStatus

CHUNK = 1000
_REACHABLE = ~Q(customer__status=CustomerStatus.DELETED) & Q(customer__blocked_at__isnull=True)


def remind_due() -> int:
    """Marks everything that is due and announces it; returns how much. Two at once remind once."""
    total = 0
    while (found := _remind_some()) > 0:
        total += found
        if found < CHUNK:
            break
    return total


@transaction.atomic
def _remind_some() -> int:
    if not try_transaction_lock("customers.reminders"):
        return 0  # another scan is at it
    now = clock.now()
    follow_ups = FollowUp.objects.filter(
        next_at__lte=now, reminded_at__isnull=True, done_at__isnull=True
    ).order_by("next_at")
    tasks = FollowUpTask.objects.filter(
        due_at__lte=now, status=TaskStatus.OPEN, reminded_at__isnull=True
    ).order_by("due_at")
    return _announce(follow_ups, "customer.follow_up.due", "follow_up_id", "next_at", now) + (
        _announce(tasks, "customer.task.due", "task_id", "due_at", now)
    )


def _announce(
    due: QuerySet[Any], event_type: str, id_name: str, time_name: str, now: datetime
) -> int:
    due = due.filter(_REACHABLE).select_related("customer")
    if connection.vendor == "postgresql":
        due = due.select_for_update(of=("self",), skip_locked=True)
    rows = list(due[:CHUNK])
    if not rows:
        return 0
    due.model.objects.filter(pk__in=[row.pk for row in rows]).update(reminded_at=now)
    actor = system_actor()
    publish_many(
        event_type,
        [
            {
                **about(row.customer, actor),
                id_name: row.pk,
                "owner_user_id": row.owner_id,
                "due_at": getattr(row, time_name).isoformat(),
                "reminded_at": now.isoformat(),
            }
            for row in rows
        ],
        keys=[order_key(row.customer_id) for row in rows],
    )
    return len(rows)
