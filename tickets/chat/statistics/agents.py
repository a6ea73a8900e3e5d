"""Each agent's figures: oneself, those whom one supervises, or everybody for administrators."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from customers.actors import Actor
from customers.models import User
from customers.queries.staff import team_members
from tickets.chat.slots import limit_of
from tickets.chat.statistics.figures import Figures
from tickets.chat.statistics.load import Load, loads_in
from tickets.chat.statistics.reading import read
from tickets.chat.visibility import supervised_by
from tickets.history.period import Period
from tickets.models import ChatAgent, PresenceStatus
from tickets.presence.queries import statuses_of


@dataclass(frozen=True)
class AgentFigures:
    """`load` of `limit` chats at once now; `of_the_time` of the span asked about."""

    user: User
    status: PresenceStatus
    load: int
    limit: int
    figures: Figures
    of_the_time: Load


def agents_of(period: Period, actor: Actor) -> list[AgentFigures]:
    """Whoever takes chats or had any, by name; a fixed number of queries."""
    counted, loads = read(period).by_agent(), loads_in(period)
    rows = {row.user_id: row for row in ChatAgent.objects.all()}
    takes_chats = Exists(ChatAgent.objects.filter(user=OuterRef("pk")))
    of_interest = Q(pk__in=[*counted, *loads]) | (takes_chats & Q(pk__in=team_members()))
    people = list(_seen_by(actor).filter(of_interest).order_by("name", "username"))
    statuses = statuses_of([user.pk for user in people], timezone.now())
    return [
        AgentFigures(
            user=user,
            status=statuses[user.pk],
            load=rows[user.pk].load if user.pk in rows else 0,
            limit=limit_of(rows[user.pk]) if user.pk in rows else 0,
            figures=counted.get(user.pk) or Figures(),
            of_the_time=loads.get(user.pk) or Load(),
        )
        for user in people
    ]


def _seen_by(actor: Actor) -> QuerySet[User]:
    if actor.sees_all:
        return User.objects.all()
    own = Q(pk=actor.user.pk if actor.user else 0)
    return User.objects.filter(own | Q(pk__in=supervised_by(actor).values("pk")))
