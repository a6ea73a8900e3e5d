"""Agents' slots: taken before a chat is given, given back with it, in the same transaction.

`load` is the number of the agent's active chats and never above `slots`; the database checks it.
"""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, F
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from config.runtime import store
from customers.models import User
from tickets.models import Chat, ChatAgent, ChatStatus


def limit_of(agent: ChatAgent) -> int:
    """The limit in force: the agent's own, else `chat.max_concurrent`."""
    own = agent.max_chats
    return store.get_int("chat.max_concurrent") if own is None else own


def slot_take(agent: ChatAgent, *, now: datetime | None = None) -> bool:
    """One more chat for `agent`, if their limit still allows it. The row is held until commit."""
    limit = limit_of(agent)
    free = ChatAgent.objects.filter(pk=agent.pk, load__lt=limit)
    return bool(
        free.update(load=F("load") + 1, slots=limit, last_assigned_at=now or timezone.now())
    )


def slot_release(user: User | int) -> None:
    """The chat of `user` has ended or gone elsewhere; a lowered limit comes into force with it."""
    user_id = user if isinstance(user, int) else user.pk
    limit = Coalesce("max_chats", store.get_int("chat.max_concurrent"))
    ChatAgent.objects.filter(user=user_id, load__gt=0).update(
        load=F("load") - 1, slots=Greatest(limit, F("load") - 1)
    )


def agent_of(user: User) -> ChatAgent:
    """The colleague's row; made for whoever goes online for chats the first time."""
    agent, _ = ChatAgent.objects.get_or_create(user=user)
    return agent


@transaction.atomic
def loads_recount() -> int:
    """Sets every load to the truth; returns how many were wrong. For the nightly job.

    With the agents held nobody gives or takes a slot meanwhile, and a chat that has changed hands
    is counted once its act has committed.
    """
    rows = ChatAgent.objects.order_by("pk")
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(no_key=True)
    agents = list(rows)
    active = Chat.objects.filter(status=ChatStatus.ACTIVE, agent__isnull=False)
    counted = dict(active.order_by().values_list("agent").annotate(load=Count("pk")))
    wrong = 0
    for agent in agents:
        load = counted.get(agent.user_id, 0)
        if load != agent.load:
            wrong += 1
            agent.load, agent.slots = load, max(limit_of(agent), load)
            agent.save(update_fields=["load", "slots"])
    return wrong
