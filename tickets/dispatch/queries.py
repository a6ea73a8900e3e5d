"""Reading who takes tickets, and what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from customers.models import User
from customers.queries.staff import team_members
from tickets.dispatch.colleagues import loads_of
from tickets.models import AgentPresence, AgentProfile, AgentSkill, DispatchDecision, Ticket
from tickets.presence.standing import effective_status


@dataclass(frozen=True)
class Agent:
    """A colleague as a list shows them; `limit` is None for who has no profile."""

    user: User
    presence: str
    holds_until: datetime | None
    load: int
    limit: int | None
    accepts_tickets: bool
    skills: list[AgentSkill]


def agents() -> QuerySet[User]:
    return team_members().order_by("name", "username", "pk")


def agents_shown(users: Sequence[User], now: datetime) -> list[Agent]:
    """Each with presence, load and skills, in four queries for all."""
    ids = [user.pk for user in users]
    presences = {row.user_id: row for row in AgentPresence.objects.filter(user__in=ids)}
    profiles = AgentProfile.objects.filter(user__in=ids).prefetch_related("skills")
    by_user = {profile.user_id: profile for profile in profiles}
    loads = loads_of(ids)
    return [
        _agent(user, by_user.get(user.pk), presences.get(user.pk), loads.get(user.pk, 0), now)
        for user in users
    ]


def _agent(
    user: User,
    profile: AgentProfile | None,
    presence: AgentPresence | None,
    load: int,
    now: datetime,
) -> Agent:
    skills = list(profile.skills.all()) if profile else []
    return Agent(
        user=user,
        presence=effective_status(presence, now).value,
        holds_until=presence.holds_until if presence else None,
        load=load,
        limit=profile.max_open_tickets if profile else None,
        accepts_tickets=profile is not None and profile.accepts_tickets,
        skills=sorted(skills, key=lambda skill: (-skill.level, skill.product)),
    )


def decisions_of(ticket: Ticket) -> QuerySet[DispatchDecision]:
    """Newest first: why this colleague, or why it still waits."""
    return ticket.dispatches.select_related("assignee", "taken_from").order_by("-id")
