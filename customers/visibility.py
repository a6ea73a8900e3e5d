"""Who may see which customers: the one rule behind every door (contract.md §1).

Customers see themselves; staff those bound to them; administrators all. Being the follow-up owner
is a binding of this room; other rooms add theirs (a ticket's assignee) with `register_binding`.
"""

from collections.abc import Callable

from django.db.models import Q, QuerySet

from config.api.roles import Role
from customers.actors import Actor
from customers.models import Customer, CustomerStatus, User

Binding = Callable[[User], Q]

_bindings: list[Binding] = [lambda user: Q(follow_user=user)]


def register_binding(binding: Binding) -> None:
    """`binding(user)` selects customers bound to that member of staff. Called from `ready()`.

    It must not join to many rows: use `pk__in` with a subquery, so no customer comes twice.
    """
    _bindings.append(binding)


def customers_visible_to(actor: Actor) -> QuerySet[Customer]:
    """The customers that `actor` may see, deleted ones never."""
    customers = Customer.objects.exclude(status=CustomerStatus.DELETED)
    if actor.sees_all:
        return customers
    if actor.user is None:
        return customers.none()
    if actor.role == Role.STAFF:
        bound = Q(pk__in=[])
        for binding in _bindings:
            bound |= binding(actor.user)
        return customers.filter(bound)
    return customers.filter(login=actor.user)
