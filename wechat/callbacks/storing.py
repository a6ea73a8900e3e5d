"""Callbacks are kept once, with the tasks that work them; those of one moment in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from config.database.group_commit import GroupCommit
from config.events.publish import enqueue
from config.logs import get_logger
from wechat.callbacks.inbound import conversation_of, event_of
from wechat.callbacks.storable import storable
from wechat.models import Callback, CallbackSource
from wechat.welcome.wishes import wish_at_the_door

logger = get_logger(__name__)

WORK_TASK = "wechat.tasks.work_callback"
WORK_QUEUE = "callbacks"
MOST_AT_ONCE = 100
TOLD_AT_ONCE = 10


@dataclass
class Arrival:
    """One verified callback; `row` once it is stored, None when it had come before."""

    source: CallbackSource
    key: str
    payload: dict[str, Any]
    is_queued: bool
    row: Callback | None = None
    error: Exception | None = None
    is_done: bool = False


def store(
    source: CallbackSource, key: str, payload: dict[str, Any], *, is_queued: bool = True
) -> Callback | None:
    """Keeps a callback and its task in one transaction; None when it had come before.

    Not `is_queued`: the caller works it at once, or queues it; should both fail, the sweep does.
    """
    row = _ARRIVALS.submit(Arrival(source, key, storable(payload), is_queued)).row
    if row is None:
        logger.info("callback_repeated", source=source)
    return row


def queue(callback_ids: Sequence[int]) -> None:
    """Has a worker act on them, once the caller's transaction has committed; some for each task."""
    places = range(0, len(callback_ids), TOLD_AT_ONCE)
    tasks = (list(callback_ids[place : place + TOLD_AT_ONCE]) for place in places)
    enqueue(WORK_TASK, tasks, queue=WORK_QUEUE)


def _write(group: Sequence[Arrival]) -> None:
    rows: dict[tuple[str, str], Callback] = {}
    with transaction.atomic():
        known = _known(group)
        new = [
            arrival for arrival in group if _name(arrival) not in known and _first(arrival, rows)
        ]
        Callback.objects.bulk_create(rows.values())
        for arrival in new:
            wish_at_the_door(arrival.source, arrival.payload)
        queue([rows[_name(arrival)].pk for arrival in new if arrival.is_queued])
    for arrival in new:
        arrival.row = rows[_name(arrival)]


def _first(arrival: Arrival, rows: dict[tuple[str, str], Callback]) -> bool:
    """Whether none of this moment came before it; it then has its row."""
    if _name(arrival) in rows:
        return False
    rows[_name(arrival)] = Callback(
        source=arrival.source,
        dedupe_key=arrival.key,
        conversation=conversation_of(arrival.source, arrival.payload),
        event=event_of(arrival.source, arrival.payload),
        payload=arrival.payload,
    )
    return True


def _known(group: Sequence[Arrival]) -> set[tuple[str, str]]:
    """Whoever stores the same at this very moment elsewhere breaks our insert, and we look again."""
    found = Callback.objects.filter(
        source__in={arrival.source for arrival in group},
        dedupe_key__in={arrival.key for arrival in group},
    )
    return set(found.values_list("source", "dedupe_key"))


def _name(arrival: Arrival) -> tuple[str, str]:
    return arrival.source, arrival.key


_ARRIVALS: GroupCommit[Arrival] = GroupCommit(_write, MOST_AT_ONCE)
