"""Who may see which turns with the assistant: of the customers, and before the chats, that they see."""

from django.db.models import Q, QuerySet

from customers.actors import Actor
from customers.visibility import customers_visible_to
from tickets.chat.visibility import chats_visible_to
from tickets.models import AssistantTurn


def turns_visible_to(actor: Actor) -> QuerySet[AssistantTurn]:
    """For the team; whoever has not told who they are is administrators' to see."""
    if not actor.is_team:
        return AssistantTurn.objects.none()
    if actor.sees_all:
        return AssistantTurn.objects.all()
    rule = Q(customer__in=customers_visible_to(actor).values("pk"))
    rule |= Q(chat__in=chats_visible_to(actor).values("pk"))
    return AssistantTurn.objects.filter(rule)
