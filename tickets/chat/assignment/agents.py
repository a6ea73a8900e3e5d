"""Colleagues at the chat desk: coming, going, and how they are shown to each other."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Prefetch, QuerySet, Sum
from django.utils import timezone

from customers.actors import Actor, Entry
from customers.models import User
from customers.queries.staff import team_members
from tickets.chat.assignment.candidates import Candidate, candidates
from tickets.chat.slots import agent_of, limit_of
from tickets.models import Chat, ChatAgent, ChatGroup, ChatStatus, PresenceStatus
from tickets.presence.actions import presence_set
from tickets.presence.queries import statuses_of

# How long a status counts that a program set, with no page open or until the last one closes.
HELD_WITHOUT_PAGE = timedelta(minutes=60)


@dataclass(frozen=True)
class Desk:
    """A colleague's own view: what counts now, and what they have in hand."""

    user: User
    status: PresenceStatus
    accepts_chats: bool
    load: int
    limit: int
    # Of all they have in hand, what they have not read.
    unread: int


@transaction.atomic
def agent_status_set(*, status: str, actor: Actor, hold_minutes: int | None = None) -> Desk:
    """What `actor` chose. Whoever comes the first time gets their slots with it.

    On the console it counts while the page is heard. Set by a program it counts for an hour, or for
    `hold_minutes`. Raises `InvalidInputError` for an unknown status and for who is not on the team.
    """
    assert actor.user is not None  # the doors let no API key through
    if hold_minutes is not None:
        hold: timedelta | None = timedelta(minutes=hold_minutes)
    else:
        hold = None if actor.entry == Entry.CONSOLE else HELD_WITHOUT_PAGE
    presence_set(user=actor.user, status=status, holds_for=hold)
    if status != PresenceStatus.OFFLINE:
        agent_of(actor.user)
    return desk_of(actor.user)


def desk_of(user: User) -> Desk:
    row = ChatAgent.objects.filter(user=user).first() or ChatAgent(user=user)
    status = statuses_of([user.pk], timezone.now())[user.pk]
    in_hand = Chat.objects.filter(agent=user, status=ChatStatus.ACTIVE)
    unread = in_hand.aggregate(all=Sum("unread_by_agent"))["all"] or 0
    return Desk(user, status, row.accepts_chats, row.load, limit_of(row), unread)


def desks(now: datetime) -> list[Candidate]:
    """Who takes chats, those who are there first."""
    order = list(PresenceStatus.values)
    return sorted(
        candidates(now), key=lambda one: (order.index(one.presence), one.user.display_name)
    )


def groups() -> QuerySet[ChatGroup]:
    """With their members who are still on the team."""
    people = team_members().filter(resigned_at__isnull=True).order_by("name", "username", "pk")
    return ChatGroup.objects.order_by("name").prefetch_related(Prefetch("members", people))
