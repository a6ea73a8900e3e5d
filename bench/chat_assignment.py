"""Chats asked for, ended and given out by many processes at once; tells as JSON what was kept.

Run inside the system's environment: `python -m bench.chat_assignment 10000 8`. All processes ask for
their customers, end chats and serve the queue; then the system's own worker fills what is freed.
"""

import json
import multiprocessing
import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import django

AGENTS, LIMIT, AT_ONCE = 5, 5, 5000
# The first ones only ask, so that the others find a queue.
AHEAD = 0.1
PACED, PACE_SECONDS = 200, 0.1


def furnish(customers: int, agents: int = AGENTS, limit: int = LIMIT) -> list[int]:
    """The keys of new customers; colleagues who are there for a day."""
    from django.utils import timezone

    from customers.models import Customer, User
    from tickets.models import AgentPresence, ChatAgent, PresenceStatus

    until = timezone.now() + timedelta(hours=24)
    for number in range(agents):
        user = User.objects.create(username=f"chat{number}", name=f"客服{number}", role="staff")
        ChatAgent.objects.create(user=user, max_chats=limit)
        AgentPresence.objects.create(user=user, status=PresenceStatus.ONLINE, holds_until=until)
    made: list[int] = []
    while len(made) < customers:
        some = min(AT_ONCE, customers - len(made))
        rows = Customer.objects.bulk_create(Customer(name="客户") for _ in range(some))
        made += [row.pk for row in rows]
    return made


def ask(customer_id: int) -> None:
    from customers.actors import Entry, customer_actor
    from customers.models import Customer
    from tickets.chat.assignment.actions import chat_request

    customer = Customer.objects.get(pk=customer_id)
    chat_request(customer=customer, entry="web", actor=customer_actor(customer, Entry.WEB))


def end_one() -> bool:
    """Ends any active chat; False when there is none."""
    from config.errors import AppError
    from customers.actors import system_actor
    from tickets.chat.lifecycle.actions import chat_end
    from tickets.models import Chat, ChatStatus

    active = list(Chat.objects.filter(status=ChatStatus.ACTIVE).values_list("pk", flat=True)[:200])
    if not active:
        return False
    with suppress(AppError):  # another was faster
        chat_end(chat_id=random.choice(active), actor=system_actor())  # noqa: S311
    return True


def work(ids: Sequence[int]) -> None:
    """One process: asks for its customers, ends as many chats, and serves the queue after each."""
    from tickets.chat.assignment.actions import assign_waiting
    from tickets.models import OPEN_CHATS, Chat

    ahead = round(len(ids) * AHEAD)
    for pk in ids[:ahead]:
        ask(pk)
    for pk in ids[ahead:]:
        ask(pk)
        end_one()
        assign_waiting()
    while Chat.objects.filter(status__in=OPEN_CHATS).exists():
        end_one()
        assign_waiting()


def found() -> dict[str, Any]:
    """What went wrong, from the rows alone; all zeros when nothing did."""
    from tickets.models import Chat, ChatAgent, ChatAssignment

    limits = {row.user_id: row.max_chats or 0 for row in ChatAgent.objects.all()}
    gives = list(
        ChatAssignment.objects.filter(agent__isnull=False).order_by("id").values_list("chat", "id")
    )
    chats = Chat.objects.values_list("pk", "agent", "queued_at", "assigned_at", "ended_at")
    held: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    queued: dict[int, datetime] = {}
    starved = 0
    for pk, agent, queued_at, assigned_at, ended_at in chats.iterator():
        queued[pk] = queued_at
        if agent is None or assigned_at is None:
            starved += 1
            continue
        held[agent].append((assigned_at, 1))
        if ended_at is not None:
            held[agent].append((ended_at, -1))
    return {
        "chats": len(queued),
        "above_capacity": sum(_peak(held[pk]) > limit for pk, limit in limits.items()),
        "double": len(gives) - len({chat for chat, _ in gives}),
        "starved": starved,
        "overtaken": _overtaken([queued[chat] for chat, _ in gives]),
        "wrong_loads": sum(
            row.load != sum(step for _, step in held[row.user_id])
            for row in ChatAgent.objects.all()
        ),
    }


def filled(since: datetime) -> list[float]:
    """Milliseconds from each end to the give that took its slot; only while somebody waited."""
    from tickets.models import Chat, ChatAssignment

    gives: dict[int, list[datetime]] = defaultdict(list)
    given = ChatAssignment.objects.filter(
        trigger__in=["freed", "sweep"], agent__isnull=False, created_at__gte=since
    )
    for agent, at in given.order_by("created_at").values_list("agent", "created_at"):
        gives[agent or 0].append(at)
    ends: dict[int, list[datetime]] = defaultdict(list)
    ended = Chat.objects.filter(ended_at__gte=since, agent__isnull=False)
    for agent, end in ended.order_by("ended_at").values_list("agent", "ended_at"):
        if end is not None:
            ends[agent or 0].append(end)
    return [
        1000 * (at - end).total_seconds()
        for agent in ends
        for end, at in zip(ends[agent], gives[agent], strict=False)
    ]


def _peak(steps: list[tuple[datetime, int]]) -> int:
    """How many at once; an end and a give of the same moment are taken in this order."""
    most = now = 0
    for _, step in sorted(steps):
        now += step
        most = max(most, now)
    return most


def _overtaken(queued: Sequence[datetime]) -> int:
    """How many were given later than somebody who had come after them."""
    latest, count = None, 0
    for moment in queued:
        if latest is not None and moment < latest:
            count += 1
        latest = moment if latest is None else max(latest, moment)
    return count


def _process(ids: Sequence[int], ready: Any) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    ready.wait()
    work(ids)


def _contest(ids: Sequence[int], processes: int) -> float:
    """Seconds until every chat has been given and has ended."""
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(processes + 1)
    children = [
        context.Process(target=_process, args=(ids[n::processes], ready)) for n in range(processes)
    ]
    for child in children:
        child.start()
    ready.wait()
    started = time.perf_counter()
    for child in children:
        child.join()
    if any(child.exitcode for child in children):
        raise RuntimeError("a process has failed")
    return time.perf_counter() - started


def _paced(ids: Sequence[int]) -> list[float]:
    """What the system's worker takes to fill a slot, on the event alone."""
    from django.utils import timezone

    start = AGENTS * LIMIT * 2
    for pk in ids[:start]:
        ask(pk)
    since = timezone.now()
    for pk in ids[start:]:
        ask(pk)
        end_one()
        time.sleep(PACE_SECONDS)
    time.sleep(3)
    return filled(since)


def main(chats: int, processes: int) -> dict[str, Any]:
    spare = AGENTS * LIMIT * 2 + PACED
    ids = furnish(chats + spare)
    seconds = _contest(ids[:chats], processes)
    after_contest = found()
    return {
        **after_contest,
        "processes": processes,
        "agents": AGENTS,
        "limit": LIMIT,
        "seconds": seconds,
        "filled_ms": _paced(ids[chats:]),
        "above_capacity_paced": found()["above_capacity"],
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sys.stdout.write(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
