"""From a condition to one SQL query."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from customers.conditions.fields import field_named
from customers.conditions.language import AllOf, AnyOf, Condition, Leaf
from customers.models import Customer

EVERYBODY = Q()
NOBODY = Q(pk__in=[])


def customers_matching(condition: Condition, customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """Those of `customers` that fit, each once; `customers` is what the asker may see."""
    return customers.filter(condition_q(condition, timezone.now()))


def condition_q(condition: Condition, now: datetime) -> Q:
    if isinstance(condition, Leaf):
        field = field_named(condition.field)
        # A field whose room is gone finds nobody, rather than everybody.
        return field.where(condition, now) if field is not None else NOBODY
    if isinstance(condition, AllOf):
        found = EVERYBODY
        for part in condition.parts:
            found &= condition_q(part, now)
        return found
    if isinstance(condition, AnyOf):
        found = condition_q(condition.parts[0], now)
        for part in condition.parts[1:]:
            # `Q() | x` is x in Django: an empty condition means everybody here.
            other = condition_q(part, now)
            found = found | other if found and other else EVERYBODY
        return found
    inner = condition_q(condition.part, now)
    return ~inner if inner else NOBODY
