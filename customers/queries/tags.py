"""How many customers carry a tag."""

from collections.abc import Collection

from django.db.models import Count

from customers.actors import Actor
from customers.models import CustomerStatus, CustomerTag
from customers.visibility import customers_visible_to


def carriers_of(tag_ids: Collection[int], actor: Actor) -> dict[int, int]:
    """Customers in the actor's view by tag, for all of `tag_ids` with one query."""
    links = CustomerTag.objects.filter(tag__in=tag_ids)
    if actor.sees_all:
        links = links.exclude(customer__status=CustomerStatus.DELETED)
    else:
        links = links.filter(customer__in=customers_visible_to(actor).values("pk"))
    counted = links.order_by().values("tag").annotate(count=Count("pk"))
    return dict(counted.values_list("tag", "count"))
