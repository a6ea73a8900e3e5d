"""The colleagues who take part in dispatch, as they stand: there or not, how loaded, what they know."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection
from django.db.models import Count, QuerySet

from customers.models import User
from customers.queries.staff import team_members
from tickets.dispatch.rules import DispatchRules
from tickets.models import AgentProfile, PresenceStatus, Ticket
from tickets.presence.queries import statuses_of
from tickets.states import OPEN
from tickets.working_time.clock import is_working_time

NEVER = datetime.min.replace(tzinfo=UTC)


def folded(product: str) -> str:
    """What products are compared by: `CRM系统 ` and `crm系统` are one."""
    return product.strip().lower()


@dataclass
class Colleague:
    """`skills` go by folded product; who has none named at all may take everything."""

    profile: AgentProfile
    skills: dict[str, int]
    presence: PresenceStatus
    is_at_work: bool
    load: int

    @property
    def user(self) -> User:
        return self.profile.user

    @property
    def limit(self) -> int:
        return self.profile.max_open_tickets

    @property
    def is_generalist(self) -> bool:
        return not self.skills

    @property
    def last_at(self) -> datetime:
        return self.profile.last_dispatched_at or NEVER

    def level(self, product: str) -> int:
        """1–5; 0 for a generalist, and where the product does not matter."""
        return self.skills.get(folded(product), 0)


def taking_part() -> QuerySet[AgentProfile]:
    """Profiles of active people who have not left; accounts that are switched off get nothing."""
    people = team_members().filter(resigned_at__isnull=True)
    return AgentProfile.objects.filter(accepts_tickets=True, user__in=people)


def colleagues(rules: DispatchRules, now: datetime, *, is_locked: bool = False) -> list[Colleague]:
    """All who take part, with four queries.

    With `is_locked` their profiles are held until the transaction ends, and what is counted is
    counted after that: whoever dispatches meanwhile waits, so nobody is loaded beyond their limit.
    """
    profiles = taking_part().select_related("user").prefetch_related("skills").order_by("pk")
    if is_locked and connection.vendor == "postgresql":
        # The order by id is everybody's: two who dispatch at once do not wait for each other.
        profiles = profiles.select_for_update(of=("self",), no_key=True)
    found = list(profiles)
    user_ids = [profile.user_id for profile in found]
    loads, statuses = loads_of(user_ids), statuses_of(user_ids, now)
    return [
        Colleague(
            profile=profile,
            skills={folded(skill.product): skill.level for skill in profile.skills.all()},
            presence=statuses[profile.user_id],
            is_at_work=not rules.needs_working_hours
            or is_working_time(now, profile.working_hours or None),
            load=loads.get(profile.user_id, 0),
        )
        for profile in found
    ]


def loads_of(user_ids: list[int]) -> dict[int, int]:
    """How many open tickets each has; who has none is left out."""
    counted = (
        Ticket.objects.filter(assignee__in=user_ids, status__in=OPEN)
        .order_by()
        .values_list("assignee")
        .annotate(load=Count("pk"))
    )
    return dict(counted)
