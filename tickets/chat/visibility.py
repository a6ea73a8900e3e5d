"""Who may see which chats: the one rule for API, sockets, search, exports (contract.md §1)."""

from django.db.models import Exists, Q, QuerySet

from config.api.roles import Role
from customers.actors import Actor
from customers.models import User
from customers.visibility import customers_visible_to
from tickets.models import AgentProfile, Chat, ChatAssignment, ChatStatus


def customers_of_agent(user: User) -> Q:
    """Who has or last had a chat is bound to its customer."""
    return Q(pk__in=Chat.objects.filter(agent=user).values("customer_id"))


def chats_visible_to(actor: Actor) -> QuerySet[Chat]:
    """Customers' own; staff those of customers bound to them and of the colleagues they supervise.

    Supervisors also see what waits: they may give it to somebody. Who once had a chat still sees
    it after it has gone to another.
    """
    if actor.sees_all:
        return Chat.objects.all()
    if actor.user is None and actor.customer_id is None:
        return Chat.objects.none()
    rule = Q(customer__in=customers_visible_to(actor).values("pk"))
    if actor.role == Role.STAFF:
        supervised = supervised_by(actor)
        rule |= Q(agent__in=supervised) | (Q(status=ChatStatus.QUEUED) & Q(Exists(supervised)))
        had = Q(agent=actor.user) | Q(taken_from=actor.user)
        rule |= Q(pk__in=ChatAssignment.objects.filter(had).values("chat"))
    return Chat.objects.filter(rule)


def supervised_by(actor: Actor) -> QuerySet[User]:
    """Whose chats the actor may watch and take over: everybody's for administrators."""
    if actor.sees_all:
        return User.objects.all()
    led = AgentProfile.objects.filter(supervisor=actor.user, supervisor__isnull=False)
    return User.objects.filter(pk__in=led.values("user"))


def supervises(actor: Actor, agent: User) -> bool:
    return actor.is_team and supervised_by(actor).filter(pk=agent.pk).exists()
