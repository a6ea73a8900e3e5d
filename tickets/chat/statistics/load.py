"""How busy agents are, looked at once a minute: the load by hour, and how long they were there."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max, Sum
from django.utils import timezone

from config.database.locks import transaction_lock
from tickets.chat.statistics.rollup import hour_of
from tickets.history.period import Period
from tickets.models import ChatAgent, ChatAgentHour, PresenceStatus
from tickets.presence.queries import statuses_of

# Two workers, or a late one, do not look at one minute twice.
SHORTEST_GAP = dt.timedelta(seconds=30)


@dataclass(frozen=True)
class Load:
    """Of the minutes looked at; `hours` is how long the agent was online or busy."""

    average: float | None = None
    peak: int = 0
    hours: float = 0.0


@transaction.atomic
def loads_look(now: dt.datetime | None = None) -> int:
    """Notes each agent's active chats; returns how many agents were there or had any."""
    now = now or timezone.now()
    hour = hour_of(now)
    transaction_lock("chat.load")
    loads = dict(ChatAgent.objects.values_list("user_id", "load"))
    statuses = statuses_of(list(loads), now)
    known = {row.user_id: row for row in ChatAgentHour.objects.filter(hour=hour)}
    seen = []
    for user, load in sorted(loads.items()):
        is_there = statuses[user] != PresenceStatus.OFFLINE
        row = known.get(user) or ChatAgentHour(user_id=user, hour=hour)
        if not (load or is_there) or (row.pk and now - row.looked_at < SHORTEST_GAP):
            continue
        row.looks += 1
        row.present += is_there
        row.load_sum += load
        row.load_peak = max(row.load_peak, load)
        row.looked_at = now
        seen.append(row)
    ChatAgentHour.objects.bulk_create([row for row in seen if row.user_id not in known])
    ChatAgentHour.objects.bulk_update(
        [row for row in seen if row.user_id in known],
        ["looks", "present", "load_sum", "load_peak", "looked_at"],
    )
    return len(seen)


def loads_in(period: Period) -> dict[int, Load]:
    """Each agent's, by user, with one query."""
    rows = (
        ChatAgentHour.objects.filter(hour__gte=period.start, hour__lt=period.end)
        .order_by()
        .values_list("user")
        .annotate(Sum("looks"), Sum("present"), Sum("load_sum"), Max("load_peak"))
    )
    return {
        user: Load(total / looks if looks else None, peak, present / 60)
        for user, looks, present, total, peak in rows
    }
