"""Who may see which tickets: those of the customers one may see, plus two cases of daily work."""

from django.db.models import Q, QuerySet

from config.api.roles import Role
from customers.actors import Actor, Entry
from customers.models import User
from customers.visibility import customers_visible_to
from tickets.models import Ticket


def customers_of_assignee(user: User) -> Q:
    """A ticket's assignee is bound to its customer (contract.md §1)."""
    return Q(pk__in=Ticket.objects.filter(assignee=user).values("customer_id"))


def tickets_visible_to(actor: Actor) -> QuerySet[Ticket]:
    """The tickets that `actor` may see, from where they stand.

    Beyond their customers' tickets, staff see those that they reported, and, while they speak in
    a group, those whose card that same group has been shown.
    """
    if actor.sees_all:
        return Ticket.objects.all()
    if actor.user is None and actor.customer_id is None:
        return Ticket.objects.none()
    rule = Q(customer__in=customers_visible_to(actor).values("pk"))
    if actor.role == Role.STAFF:
        rule |= Q(created_by=actor.user)
        # Only a verified callback proves that they speak there; a JSON caller's word does not.
        if actor.chat_id and actor.entry == Entry.WECOM_GROUP:
            rule |= Q(group_chat_id=actor.chat_id)
    return Ticket.objects.filter(rule)
