"""The service desk's load: who waits for a person, who is there to answer, what is overdue."""

from typing import Any, TypedDict

from django.db.models import Count, Q
from django.utils import timezone

from tickets.chat.assignment.agents import desks
from tickets.chat.statistics.now import queue_now
from tickets.models import PresenceStatus, Ticket
from tickets.queries.tickets import tickets_overdue
from tickets.states import OPEN

# A wall shows no more; whoever has most in hand comes first.
MOST_AGENTS = 30


class Agent(TypedDict):
    name: str
    status: str
    load: int
    limit: int


class Service(TypedDict):
    """`queue` as the chats' own statistics tell it; `capacity` of the agents who are online."""

    queue: dict[str, Any]
    load: int
    capacity: int
    agents: list[Agent]


class Tickets(TypedDict):
    open: int
    overdue: int
    unassigned: int


def service() -> Service:
    team = [
        one
        for one in desks(timezone.now())
        if one.load or (one.agent.accepts_chats and one.presence != PresenceStatus.OFFLINE)
    ]
    online = [
        one for one in team if one.agent.accepts_chats and one.presence == PresenceStatus.ONLINE
    ]
    busiest = sorted(team, key=lambda one: -one.load)[:MOST_AGENTS]
    return Service(
        queue=queue_now(),
        load=sum(one.load for one in team),
        capacity=sum(one.limit for one in online),
        agents=[
            Agent(
                name=one.user.display_name,
                status=one.presence.value,
                load=one.load,
                limit=one.limit,
            )
            for one in busiest
        ],
    )


def tickets() -> Tickets:
    """Of all open tickets; what is overdue as the tickets' own lists filter it."""
    counted = Ticket.objects.filter(status__in=OPEN).aggregate(
        open=Count("pk"), unassigned=Count("pk", filter=Q(assignee__isnull=True))
    )
    overdue = tickets_overdue(Ticket.objects.all(), overdue=True).count()
    return Tickets(open=counted["open"], overdue=overdue, unassigned=counted["unassigned"])
