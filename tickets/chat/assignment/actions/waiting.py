"""The queue is served: as soon as anybody is free, whoever has waited longest goes first."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from config.logs import get_logger
from customers.actors import system_actor
from tickets.chat.assignment.actions.giving import ask_for, queue_look, take
from tickets.chat.assignment.candidates import (
    Candidate,
    candidates,
    free_slots,
    is_anybody_free,
)
from tickets.chat.assignment.choice import Ask, choose
from tickets.chat.assignment.decisions import missed_by, waitings_keep
from tickets.chat.assignment.queue import takeable, waiting_chats
from tickets.models import AssignmentTrigger, Chat

logger = get_logger(__name__)

EXPLAINED = 200


@dataclass
class _Walk:
    """One way along the queue: whom nobody free can take is not looked at twice."""

    passed_over: set[int] = field(default_factory=set)
    is_over: bool = False


def assign_waiting(*, limit: int = 10, trigger: str = AssignmentTrigger.FREED) -> int:
    """Gives up to `limit` waiting chats to whoever is free; returns how many went.

    In the queue's order, each in a transaction of its own; any number of processes may do so at
    once. When more could go than `limit`, the queue is looked at again at once.
    """
    if not _anything_to_do():
        return 0
    walk = _Walk()
    given = 0
    while given < limit:
        given += _serve_next(walk, trigger)
        if walk.is_over:
            return given
    with transaction.atomic():
        queue_look()
    return given


def explain_waiting() -> int:
    """Writes for those who still wait why they do, as far as it has changed; returns how many."""
    now = timezone.now()
    chats = list(waiting_chats().select_related("customer")[:EXPLAINED])
    if not chats:
        return 0
    team, missed = candidates(now), missed_by([chat.pk for chat in chats], now)
    choices = [(chat, choose(team, Ask(chat, missed=missed.get(chat.pk, ())))) for chat in chats]
    stuck = [(chat, choice) for chat, choice in choices if choice.best is None]
    return waitings_keep(stuck, AssignmentTrigger.SWEEP, now)


def _anything_to_do() -> bool:
    """Two looks without a lock: most calls find that there is nothing."""
    if not waiting_chats().order_by().exists():
        return False
    return is_anybody_free(timezone.now())


def _serve_next(walk: _Walk, trigger: str) -> bool:
    """Whether the next chat went to somebody.

    The agents are held first: whoever serves the queue is alone. The chats are never waited for,
    so this order cannot meet the usual one, the chat first, in a circle.
    """
    chat: Chat | None = None
    try:
        with transaction.atomic():
            team = candidates(timezone.now(), is_locked=True)
            now = timezone.now()
            chat = _next(walk, team)
            if chat is None:
                return False
            choice = choose(team, ask_for(chat, now))
            if choice.best is None:
                walk.passed_over.add(chat.pk)
                return False
            row = choice.best.agent
            actor, why = system_actor(), choice.reason
            take(chat, row, trigger=trigger, actor=actor, reason=why, now=now, choice=choice)
            walk.is_over = free_slots(team) <= 1
            return True
    except Exception:
        if chat is None:
            raise
        # One that cannot be worked must not keep the others waiting.
        logger.exception("chat_assignment_failed", chat=chat.pk)
        walk.passed_over.add(chat.pk)
        return False


def _next(walk: _Walk, team: Sequence[Candidate]) -> Chat | None:
    """The first that anybody free may take, held; without one the walk is over."""
    queue = waiting_chats().filter(takeable(team)).exclude(pk__in=walk.passed_over)
    chat = _locked(queue).first() if free_slots(team) else None
    if chat is None:
        walk.is_over = True
        if free_slots(team) and queue.order_by().exists():
            queue_look()  # somebody writes in it this moment
    return chat


def _locked(queue: QuerySet[Chat]) -> QuerySet[Chat]:
    queue = queue.select_related("customer", "group")
    if connection.vendor == "postgresql":
        return queue.select_for_update(of=("self",), no_key=True, skip_locked=True)
    return queue
