"""Forgetting where customers can no longer be reached."""

from collections.abc import Callable, Collection

from django.db.models import Q

from customers.models import CustomerIdentifier


def addresses_forget(
    *,
    channel: str,
    addresses: Collection[str],
    customers: Collection[int],
    normal: Callable[[str], str],
) -> int:
    """Removes those `addresses`; returns how many.

    Those of `customers` are compared as `normal` writes them: an address may have been kept as it
    was given.
    """
    candidates = CustomerIdentifier.objects.filter(channel=channel).filter(
        Q(address__in=addresses) | Q(customer_id__in=customers)
    )
    found = [item.pk for item in candidates if normal(item.address) in addresses]
    return CustomerIdentifier.objects.filter(pk__in=found).delete()[0]
