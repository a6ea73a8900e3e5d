"""How many customers carry a tag."""

from collections.abc import Collection

from django.db.models import Count, QuerySet

from customers.actors import Actor
from customers.models import CustomerStatus, CustomerTag
from customers.visibility import customers_visible_to


def carriers_of(tag_ids: Collection[int], actor: Actor) -> dict[int, int]:
    """Customers in the actor's view by tag, for all of `tag_ids` with two queries."""
    links = CustomerTag.objects.filter(tag__in=tag_ids)
    if not actor.sees_all:
        return _by_tag(links.filter(customer__in=customers_visible_to(actor).values("pk")))
    # The few deleted ones are taken off, instead of looking every carrier up.
    gone = _by_tag(links.filter(customer__status=CustomerStatus.DELETED))
    return {pk: count - gone.get(pk, 0) for pk, count in _by_tag(links).items()}


def _by_tag(links: QuerySet[CustomerTag]) -> dict[int, int]:
    counted = links.order_by().values("tag").annotate(count=Count("customer"))
    return dict(counted.values_list("tag", "count"))
