"""Who is there."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from customers.models import User
from customers.queries.staff import team_members
from tickets.models import AgentPresence, PresenceStatus
from tickets.presence.standing import counts, effective_status


def present_users(now: datetime | None = None) -> QuerySet[User]:
    """Active colleagues who are online; the busy ones are not among them."""
    there = AgentPresence.objects.filter(
        counts(now or timezone.now()), status=PresenceStatus.ONLINE
    )
    return team_members().filter(pk__in=there.values("user"))


def is_present(user: User, now: datetime | None = None) -> bool:
    return present_users(now).filter(pk=user.pk).exists()


def statuses_of(user_ids: Collection[int], now: datetime) -> dict[int, PresenceStatus]:
    """Each one's status in force, with one query."""
    rows = {row.user_id: row for row in AgentPresence.objects.filter(user__in=user_ids)}
    return {user_id: effective_status(rows.get(user_id), now) for user_id in user_ids}
