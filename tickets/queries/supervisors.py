"""Whom a ticket is reported to when it goes wrong."""

from django.db.models import Q

from config.api.roles import Role
from customers.models import User
from customers.queries.staff import team_members
from tickets.models import Ticket


def supervisors_of(ticket: Ticket) -> list[User]:
    """The assignee's own supervisor, else the administrators; active people whom WeCom knows."""
    return supervisors_of_colleague(ticket.assignee_id)


def supervisors_of_colleague(user_id: int | None) -> list[User]:
    """Their own supervisor, else the administrators; active people whom WeCom knows."""
    known = team_members().filter(wecom_user_id__isnull=False)
    if user_id is not None:
        own = known.filter(Q(supervised_profiles__user=user_id) & ~Q(pk=user_id))
        found = list(own.distinct().order_by("pk"))
        if found:
            return found
    return list(known.filter(role=Role.ADMIN).order_by("pk"))
