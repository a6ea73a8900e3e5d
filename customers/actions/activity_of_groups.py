"""Joining a customer group counts as activity, on the day of the joining."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from config.events.subscribers import first_time
from customers.actions.activity import activity_record
from customers.models import GroupMember

CONSUMER = "customers.activity_of_groups"


@transaction.atomic
def note_group_joins(envelope: dict[str, Any]) -> None:
    """A group read for the first time tells of members who came long ago: theirs is that day."""
    if not first_time(CONSUMER, envelope):
        return
    data = envelope["data"]
    rows = GroupMember.objects.filter(
        group=data["group_id"], member_id__in=data["member_ids"], customer__isnull=False
    )
    by_day: defaultdict[date, list[tuple[int, datetime]]] = defaultdict(list)
    for customer_id, joined_at in rows.filter(left_at=None).values_list("customer", "joined_at"):
        by_day[timezone.localdate(joined_at)].append((customer_id, joined_at))
    for joins in by_day.values():
        activity_record(customer_ids=[pk for pk, _ in joins], at=max(at for _, at in joins))
