"""Single sends of one moment are written together (`config.database.group_commit`)."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from config.api.idempotency import Identity, claim_all
from config.database import clock
from config.database.group_commit import GroupCommit
from customers.models import User
from messaging.models.message import trace_id_of
from messaging.sending.accept import NewMessage, count, enqueue_rows, hold_templates, new_rows
from messaging.sending.insert import Row, insert_rows

ACCEPTED = 202
MOST_AT_ONCE = 200


@dataclass
class Entry:
    """One request. After `submit`: `answer`, or None when its idempotency key was taken."""

    new: NewMessage
    created_by: User | None
    identity: Identity | None = None
    answer: dict[str, Any] | None = None
    error: Exception | None = None
    is_done: bool = False


def _write(group: Sequence[Entry]) -> None:
    # One moment for all, so that those of one queue share a chunk.
    now = clock.now()
    rows = [next(new_rows([entry.new], created_by=entry.created_by, now=now)) for entry in group]
    answers = [_answer(row) for row in rows]
    with transaction.atomic():
        free = _claimed(group, answers)
        kept = [place for place, is_free in enumerate(free) if is_free]
        kept_rows = [rows[place] for place in kept]
        if kept_rows:
            hold_templates([group[place].new for place in kept])
            _, ids = insert_rows(kept_rows, len(kept_rows))
            enqueue_rows(kept_rows, ids)
            transaction.on_commit(_counting(kept_rows))
    for place in kept:
        group[place].answer = answers[place]


SINGLE_SENDS: GroupCommit[Entry] = GroupCommit(_write, MOST_AT_ONCE)


def _counting(rows: Sequence[Row]) -> Callable[[], None]:
    return lambda: count(rows)


def _claimed(group: Sequence[Entry], answers: Sequence[dict[str, Any]]) -> list[bool]:
    """Which entries may be written: those without a key, and the first of each key that is free."""
    asked: dict[tuple[str, str], tuple[Identity, int, str]] = {}
    first: dict[tuple[str, str], int] = {}
    for place, (entry, answer) in enumerate(zip(group, answers, strict=True)):
        if entry.identity is not None:
            name = (entry.identity.principal, entry.identity.key)
            if name not in first:
                first[name] = place
                body = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
                asked[name] = (entry.identity, ACCEPTED, body)
    # In one order everywhere: two groups that share keys wait for each other, not in a circle.
    won = claim_all([asked[name] for name in sorted(asked)])
    free_names = {(identity.principal, identity.key) for identity in won}
    return [
        entry.identity is None
        or (
            (name := (entry.identity.principal, entry.identity.key)) in free_names
            and first[name] == place
        )
        for place, entry in enumerate(group)
    ]


def _answer(row: Row) -> dict[str, Any]:
    return {
        "message_id": row.message_id,
        "trace_id": trace_id_of(row.message_id),
        "status": row.status,
    }
