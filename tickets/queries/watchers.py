"""Who follows a ticket."""

from django.db.models import Q, QuerySet

from customers.models import User
from tickets.models import Ticket, TicketWatcher


def watchers_of(ticket: Ticket) -> QuerySet[User]:
    """Those of tickets merged into it follow it too."""
    rule = Q(ticket=ticket) | Q(ticket__merged_into=ticket)
    following = TicketWatcher.objects.filter(rule).values("user")
    return User.objects.filter(pk__in=following, is_active=True).order_by("pk")
