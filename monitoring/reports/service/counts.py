"""What the service report counts. Everybody's figures, or those of the agents one may see.

Administrators who name nobody see the desk; staff see themselves and whom they supervise, and so
does whoever names a colleague or a group.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from customers.models import User
from customers.queries.projects import account_of
from monitoring.reports.asked import Asked
from monitoring.reports.choices import people_asked
from tickets.assistant.visibility import turns_visible_to
from tickets.chat.statistics.agents import AgentFigures, agents_of
from tickets.chat.statistics.figures import Figures
from tickets.chat.statistics.overview import overview
from tickets.chat.statistics.reading import read
from tickets.chat.visibility import supervised_by
from tickets.history.statistics import Figures as TicketFigures
from tickets.history.statistics import figures_by_assignee
from tickets.models import Action, AssistantTurn, Chat, Ticket, TicketRating, TurnStatus

AGENT = "agent"


@dataclass(frozen=True)
class Chats:
    """`days` has each day up to today; medians are there for the whole desk alone."""

    totals: Figures
    days: dict[dt.date, Figures]


def is_desk(asked: Asked) -> bool:
    """The whole desk is asked about, by somebody who may see it."""
    return asked.actor.sees_all and people_asked(asked, AGENT) is None


def agents_asked(asked: Asked) -> QuerySet[User]:
    people = User.objects.all()
    if not asked.actor.sees_all:
        own = Q(pk=asked.actor.user.pk if asked.actor.user else 0)
        people = people.filter(own | Q(pk__in=supervised_by(asked.actor).values("pk")))
    rule = people_asked(asked, AGENT)
    return people.filter(rule) if rule is not None else people


def chats(asked: Asked) -> Chats:
    """From the hours that are kept, and the present one counted."""
    if is_desk(asked):
        found = overview(asked.period, entry=asked.filters.get("entry", ""))
        days = {
            day: part.figures for day, part in zip(asked.period.days, found.by_day, strict=False)
        }
        return Chats(found.totals, days)
    agents = set(agents_asked(asked).values_list("pk", flat=True))
    days = read(asked.period).days_of_agents(agents)
    totals = Figures()
    for figures in days.values():
        totals.include(figures)
    return Chats(totals, days)


def agents(asked: Asked) -> list[AgentFigures]:
    found = agents_of(asked.period, asked.actor)
    if people_asked(asked, AGENT) is None:
        return found
    wanted = set(agents_asked(asked).values_list("pk", flat=True))
    return [one for one in found if one.user.pk in wanted]


def tickets_by_account(asked: Asked) -> dict[str, TicketFigures]:
    rows = figures_by_assignee(_tickets(asked), asked.period)
    return {row.key: row for row in rows if row.key}


def chat_scores(asked: Asked) -> Counter[int]:
    rows = rated_chats(asked).order_by().values_list("rating_score")
    return Counter(dict(rows.annotate(n=Count("pk"))))


def ticket_scores(asked: Asked) -> Counter[int]:
    rows = ticket_ratings(asked).order_by().values_list("score")
    return Counter(dict(rows.annotate(n=Count("pk"))))


def rated_chats(asked: Asked) -> QuerySet[Chat]:
    """Of the chats that customers asked for in the span."""
    found = Chat.objects.filter(
        created_at__gte=asked.period.start,
        created_at__lt=asked.period.end,
        rating_score__isnull=False,
    )
    if entry := asked.filters.get("entry"):
        found = found.filter(entry=entry)
    return found if is_desk(asked) else found.filter(agent__in=agents_asked(asked).values("pk"))


def ticket_ratings(asked: Asked) -> QuerySet[TicketRating]:
    """Given in the span; they count for who had the ticket then."""
    found = TicketRating.objects.filter(
        created_at__gte=asked.period.start, created_at__lt=asked.period.end
    )
    return found if is_desk(asked) else found.filter(assignee__in=agents_asked(asked).values("pk"))


@dataclass
class Turns:
    """What the assistant did with what customers said."""

    total: int = 0
    answered: int = 0
    handed_over: int = 0
    failed: int = 0


def turns_by_intent(asked: Asked) -> dict[str, Turns]:
    """One query. What is still being worked on counts in `total` alone."""
    turns: QuerySet[AssistantTurn] = turns_visible_to(asked.actor).filter(
        created_at__gte=asked.period.start, created_at__lt=asked.period.end
    )
    if entry := asked.filters.get("entry"):
        turns = turns.filter(entry=entry)
    if not is_desk(asked):
        turns = turns.filter(chat__agent__in=agents_asked(asked).values("pk")) | turns.filter(
            ticket__assignee__in=agents_asked(asked).values("pk")
        )
    rows = turns.order_by().values_list("intent", "action", "status")
    found: dict[str, Turns] = {}
    for intent, action, status, count in rows.annotate(n=Count("pk")):
        turn = found.setdefault(intent, Turns())
        turn.total += count
        if status == TurnStatus.FAILED:
            turn.failed += count
        elif action == Action.HANDOFF:
            turn.handed_over += count
        elif action:
            turn.answered += count
    return found


def assistant(asked: Asked) -> Turns:
    whole = Turns()
    for turn in asked.once(turns_by_intent).values():
        whole.total += turn.total
        whole.answered += turn.answered
        whole.handed_over += turn.handed_over
        whole.failed += turn.failed
    return whole


def key_of(agent: AgentFigures) -> str:
    return account_of(agent.user)


def _tickets(asked: Asked) -> QuerySet[Ticket]:
    tickets = Ticket.objects.all()
    return (
        tickets if is_desk(asked) else tickets.filter(assignee__in=agents_asked(asked).values("pk"))
    )
