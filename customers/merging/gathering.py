"""What reaches a merged row late, by whoever had read it before the merge, goes on as well."""

from datetime import timedelta

from django.utils import timezone

from customers.actors import system_actor
from customers.merging.merge import gather
from customers.models import Customer

# Whoever still writes to a row that was merged this long ago read it from nowhere we know.
LATEST = timedelta(hours=1)


def merged_gather(customer_id: int) -> None:
    """After the merge itself."""
    gone = Customer.objects.filter(pk=customer_id).first()
    if gone is not None:
        gather(gone, system_actor())


def recent_gather() -> int:
    """The net under it, every few minutes; returns how many rows still had something."""
    since = timezone.now() - LATEST
    recent = Customer.objects.filter(merged_into__isnull=False, updated_at__gte=since)
    return sum(bool(gather(gone, system_actor())) for gone in recent.order_by("pk"))
