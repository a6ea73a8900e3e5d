"""Customers with what their document shows, in a bounded number of queries."""

from django.db.models import Prefetch, QuerySet

from customers.models import Customer, Tag


def customers_shown(customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """With the follow-up owner, the tags and their groups: one query more, however many."""
    tags = Tag.objects.select_related("group")
    return customers.select_related("follow_user").prefetch_related(Prefetch("tags", tags))
