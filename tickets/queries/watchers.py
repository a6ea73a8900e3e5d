"""Who follows a ticket."""

from django.db.models import Q, QuerySet

from customers.models import User
from tickets.models import Ticket, TicketWatcher


def followings_of(ticket: Ticket) -> QuerySet[TicketWatcher]:
    """Who follows a ticket that was merged into this one follows this one too."""
    return TicketWatcher.objects.filter(Q(ticket=ticket) | Q(ticket__merged_into=ticket))


def watchers_of(ticket: Ticket) -> QuerySet[User]:
    following = followings_of(ticket).values("user")
    return User.objects.filter(pk__in=following, is_active=True).order_by("pk")
