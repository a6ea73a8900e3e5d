"""Who may see what of the customers' room: the one rule behind every door (contract.md §1).

Customers see themselves; staff those bound to them; administrators all. Being the follow-up owner,
or having a project of theirs, is a binding of this room; other rooms add theirs (a ticket's
assignee) with `register_binding`. What belongs to a customer is seen by whoever sees the customer.
"""

from collections.abc import Callable

from django.db.models import Q, QuerySet

from config.api.roles import Role
from customers.actors import Actor
from customers.models import (
    Customer,
    CustomerEvent,
    CustomerGroup,
    CustomerImport,
    CustomerStatus,
    FollowUp,
    FollowUpTask,
    Handover,
    Project,
    RiskWarning,
    Segment,
    User,
)

Binding = Callable[[User], Q]


def _has_a_project_of(user: User) -> Q:
    mine = Project.objects.filter(Q(owner=user) | Q(engineer=user))
    return Q(pk__in=mine.values("customer_id"))


_bindings: list[Binding] = [lambda user: Q(follow_user=user), _has_a_project_of]


def register_binding(binding: Binding) -> None:
    """`binding(user)` selects customers bound to that member of staff. Called from `ready()`.

    It must not join to many rows: use `pk__in` with a subquery, so no customer comes twice.
    """
    _bindings.append(binding)


def customers_visible_to(actor: Actor) -> QuerySet[Customer]:
    """The customers that `actor` may see, deleted ones never."""
    return _in_view(Customer.objects.exclude(status=CustomerStatus.DELETED), actor)


def deleted_customers_visible_to(actor: Actor) -> QuerySet[Customer]:
    """Those marked deleted: for administrators, who may bring them back."""
    deleted = Customer.objects.filter(status=CustomerStatus.DELETED)
    return deleted if actor.sees_all else deleted.none()


def _in_view(customers: QuerySet[Customer], actor: Actor) -> QuerySet[Customer]:
    if actor.sees_all:
        return customers
    if actor.role == Role.CUSTOMER:
        # No key is 0: a login without a customer sees nobody.
        return customers.filter(pk=actor.customer_id or 0)
    if actor.user is None:
        return customers.none()
    if actor.role == Role.STAFF:
        bound = Q(pk__in=[])
        for binding in _bindings:
            bound |= binding(actor.user)
        return customers.filter(bound)
    return customers.none()


def projects_visible_to(actor: Actor) -> QuerySet[Project]:
    """Projects of the customers that one may see."""
    if actor.sees_all:
        return Project.objects.all()
    return Project.objects.filter(customer__in=customers_visible_to(actor).values("pk"))


def events_visible_to(actor: Actor) -> QuerySet[CustomerEvent]:
    """What happened to the customers that one may see; for the team only."""
    if not actor.is_team:
        return CustomerEvent.objects.none()
    if actor.sees_all:
        return CustomerEvent.objects.all()
    return CustomerEvent.objects.filter(customer__in=customers_visible_to(actor).values("pk"))


def follow_ups_visible_to(actor: Actor) -> QuerySet[FollowUp]:
    """What colleagues noted of the customers that one may see; for the team only."""
    if not actor.is_team:
        return FollowUp.objects.none()
    if actor.sees_all:
        return FollowUp.objects.all()
    return FollowUp.objects.filter(customer__in=customers_visible_to(actor).values("pk"))


def tasks_visible_to(actor: Actor) -> QuerySet[FollowUpTask]:
    """One's own tasks; administrators see everybody's."""
    if actor.sees_all:
        return FollowUpTask.objects.all()
    if actor.user is None or not actor.is_team:
        return FollowUpTask.objects.none()
    return FollowUpTask.objects.filter(owner=actor.user)


def groups_visible_to(actor: Actor) -> QuerySet[CustomerGroup]:
    """Groups that one owns; administrators see all."""
    if actor.sees_all:
        return CustomerGroup.objects.all()
    if actor.user is None or not actor.is_team:
        return CustomerGroup.objects.none()
    return CustomerGroup.objects.filter(owner=actor.user)


def segments_visible_to(actor: Actor) -> QuerySet[Segment]:
    """One's own and the team's; whom they find is again within one's view."""
    if not actor.is_team:
        return Segment.objects.none()
    if actor.sees_all:
        return Segment.objects.all()
    return Segment.objects.filter(Q(owner=actor.user) | Q(is_shared=True))


def warnings_visible_to(actor: Actor) -> QuerySet[RiskWarning]:
    """Warnings about the customers that one may see; for the team only."""
    if not actor.is_team:
        return RiskWarning.objects.none()
    if actor.sees_all:
        return RiskWarning.objects.all()
    return RiskWarning.objects.filter(customer__in=customers_visible_to(actor).values("pk"))


def imports_visible_to(actor: Actor) -> QuerySet[CustomerImport]:
    """One's own imports; administrators see all."""
    if actor.sees_all:
        return CustomerImport.objects.all()
    if actor.user is None or not actor.is_team:
        return CustomerImport.objects.none()
    return CustomerImport.objects.filter(created_by=actor.user)


def handovers_visible_to(actor: Actor) -> QuerySet[Handover]:
    """Cases are administrators' business."""
    return Handover.objects.all() if actor.sees_all else Handover.objects.none()
