"""The queue: its order, a chat's place in it, and what pages show of it."""

import statistics
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import Count, F, Min, Q, QuerySet
from django.utils import timezone

from customers.actors import Actor
from tickets.chat.assignment.candidates import Candidate, candidates, free_slots
from tickets.chat.visibility import chats_visible_to
from tickets.models import Chat, ChatStatus, PresenceStatus

SHOWN = 50
MEASURED = 50
# What a chat takes until enough have been measured.
USUAL_SECONDS = 300
PACE_KEPT_SECONDS = 5


@dataclass(frozen=True)
class QueuePlace:
    """`position` counts from 1; 0 for a chat that does not wait. No estimate while nobody is on."""

    position: int
    waiting: int
    estimated_wait_seconds: int | None


def waiting_chats() -> QuerySet[Chat]:
    """In the order in which they are served, by the index `chat_queue`."""
    return Chat.objects.filter(status=ChatStatus.QUEUED).order_by("-priority", "queued_at", "id")


def before(chat: Chat) -> Q:
    """Whoever is served before this chat."""
    return (
        Q(priority__gt=chat.priority)
        | Q(priority=chat.priority, queued_at__lt=chat.queued_at)
        | Q(priority=chat.priority, queued_at=chat.queued_at, pk__lt=chat.pk)
    )


def takeable(team: Sequence[Candidate]) -> Q:
    """What anybody free may take: the others must not stand before it.

    A chat handed to a group is the group's as long as any of it is there (`group_in_force`).
    """
    free = {group for one in team if one.is_free for group in one.groups}
    there = {group for one in team if one.is_on for group in one.groups}
    return Q(group__isnull=True) | Q(group__in=free) | ~Q(group__in=there)


def place_of(chat: Chat) -> QueuePlace:
    """Counted with one query in the queue's own index; the pace is measured every few seconds."""
    counted = (
        waiting_chats()
        .order_by()
        .aggregate(all=Count("pk"), ahead=Count("pk", filter=before(chat)))
    )
    if chat.status != ChatStatus.QUEUED:
        return QueuePlace(0, counted["all"], 0)
    position = counted["ahead"] + 1
    return QueuePlace(position, counted["all"], _estimate(position))


def places_of(customers: Collection[int]) -> dict[int, QueuePlace]:
    """The places of those of `customers` who wait, with one query for all."""
    waiting = list(waiting_chats().values_list("customer_id", flat=True))
    return {
        customer: QueuePlace(position, len(waiting), _estimate(position))
        for position, customer in enumerate(waiting, start=1)
        if customer in customers
    }


def overview(actor: Actor | None = None) -> dict[str, Any]:
    """The queue as pages of the team show it; names are written out where `actor` may see the chat."""
    now = timezone.now()
    team = candidates(now)
    shown = list(waiting_chats().select_related("customer")[:SHOWN])
    counted = waiting_chats().order_by().aggregate(all=Count("pk"), oldest=Min("queued_at"))
    oldest: datetime | None = counted["oldest"]
    return {
        "waiting": counted["all"],
        "oldest_wait_seconds": _seconds(oldest, now) if oldest else 0,
        "online_agents": sum(
            one.agent.accepts_chats and one.presence == PresenceStatus.ONLINE for one in team
        ),
        "busy_agents": sum(
            one.agent.accepts_chats and one.presence == PresenceStatus.BUSY for one in team
        ),
        "free_slots": free_slots(team),
        "list": _rows(shown, _visible(shown, actor), now),
    }


def _rows(shown: Sequence[Chat], visible: set[int], now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "chat_id": chat.pk,
            "position": position,
            "entry": chat.entry,
            "customer": chat.customer.name if chat.pk in visible else masked(chat.customer.name),
            "priority": chat.priority,
            "group_id": chat.group_id,
            "waited_seconds": _seconds(chat.queued_at, now),
        }
        for position, chat in enumerate(shown, start=1)
    ]


def _visible(shown: Sequence[Chat], actor: Actor | None) -> set[int]:
    if actor is None:
        return set()
    ids = [chat.pk for chat in shown]
    return set(chats_visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))


def masked(name: str) -> str:
    """张三丰 → 张**."""
    return name[:1] + "*" * min(max(len(name) - 1, 1), 3)


def _seconds(since: datetime, now: datetime) -> int:
    return max(0, int((now - since).total_seconds()))


def _estimate(position: int) -> int | None:
    usual, slots = cache.get_or_set("chat.queue.pace", _pace, PACE_KEPT_SECONDS) or _pace()
    return max(0, round(position * usual / slots)) if slots else None


def _pace() -> tuple[float, int]:
    """The median seconds of the last ended chats, and how many are worked at once."""
    ended = Chat.objects.filter(status=ChatStatus.ENDED, assigned_at__isnull=False)
    times = [
        (ended_at - assigned_at).total_seconds()
        for assigned_at, ended_at in ended.filter(ended_at__gt=F("assigned_at"))
        .order_by("-id")
        .values_list("assigned_at", "ended_at")[:MEASURED]
        if assigned_at is not None and ended_at is not None
    ]
    usual = statistics.median(times) if len(times) >= 5 else USUAL_SECONDS
    return usual, sum(max(one.limit, one.load) for one in _serving(candidates(timezone.now())))


def _serving(team: Sequence[Candidate]) -> list[Candidate]:
    return [
        one for one in team if one.agent.accepts_chats and one.presence == PresenceStatus.ONLINE
    ]
