"""That customers wrote, reported or otherwise acted."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from customers.actions.history import changed_later
from customers.models import Customer

CHUNK = 1000


def activity_record(*, customer_ids: Iterable[int], at: datetime) -> None:
    """Counts one act for each id (named twice: two), on the local day of `at`.

    Unknown customers are left out. Works a thousand at a time, each in its own transaction.
    """
    counts = Counter(customer_ids)
    ids = sorted(counts)
    for start in range(0, len(ids), CHUNK):
        _record({pk: counts[pk] for pk in ids[start : start + CHUNK]}, at)


@transaction.atomic
def _record(counts: dict[int, int], at: datetime) -> None:
    held = Customer.objects.filter(pk__in=counts).order_by("pk")
    if connection.vendor == "postgresql":
        # In the order in which everybody takes them.
        held = held.select_for_update(no_key=True)
    known = list(held.values_list("pk", flat=True))
    if not known:
        return
    day = connection.ops.adapt_datefield_value(timezone.localdate(at))
    marks = ", ".join(["(%s, %s, %s)"] * len(known))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_customeractivity AS a (customer_id, date, count)"
            f" VALUES {marks} ON CONFLICT (customer_id, date)"
            " DO UPDATE SET count = a.count + excluded.count",
            [value for pk in known for value in (pk, day, counts[pk])],
        )
    earlier = Q(last_active_at=None) | Q(last_active_at__lt=at)
    Customer.objects.filter(earlier, pk__in=known).update(last_active_at=at)
    changed_later(*known)
