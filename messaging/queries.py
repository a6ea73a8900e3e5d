"""Reading messages and finding accounts."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from django.db.models import Count, Max, Min, QuerySet
from django.utils import timezone

from messaging.channels.base import Content
from messaging.models import (
    Message,
    MessageBatch,
    MessageStatus,
    TemplateVersion,
)
from messaging.models.message import OPEN
from messaging.rendering import MissingVariablesError, source_of

# Ended, and not as it should have.
FAILED = frozenset({MessageStatus.FAILED, MessageStatus.UNCERTAIN, MessageStatus.EXPIRED})
MAX_FAILURES = 50


def batch_counts(batch: MessageBatch) -> dict[str, int]:
    """How many messages are in each state; every state is there, and they add up to the total."""
    found = _counted([batch])[batch.pk]
    return dict.fromkeys(MessageStatus.values, 0) | {row.status: row.count for row in found}


def batch_progress(batch: MessageBatch) -> dict[str, Any]:
    """What `GET /api/messages/batches/{id}` answers; the counts add up to `total`.

    A scheduled message counts as queued, a read one as delivered, an uncertain or expired one as
    failed. `rate_per_second` is messages finished per second since the first was due.
    """
    return batches_progress([batch])[batch.pk]


def batches_progress(batches: Collection[MessageBatch]) -> dict[int, dict[str, Any]]:
    """`batch_progress` of several by their keys, with one query."""
    found = _counted(batches)
    return {batch.pk: _progress(batch, found[batch.pk]) for batch in batches}


def batch_figures(batch: MessageBatch) -> dict[str, Any]:
    """What is shown of a batch, as JSON: kept with it when its messages go (messaging/retention.py)."""
    return {
        "states": [row.as_json() for row in _counted([batch])[batch.pk]],
        "failures": [list(astuple(failure)) for failure in batch_failures(batch)],
    }


@dataclass(frozen=True, slots=True)
class Failure:
    """How many messages of a batch ended in one way; `detail` is one of theirs."""

    status: str
    error_code: str
    count: int
    detail: str


def batch_failures(batch: MessageBatch) -> list[Failure]:
    """What went wrong for good, by state and error code, the most frequent first."""
    if batch.kept_figures is not None:
        return [Failure(*row) for row in batch.kept_figures["failures"]]
    rows = (
        batch.messages.filter(status__in=FAILED)
        .order_by()
        .values_list("status", "error_code")
        .annotate(count=Count("id"), detail=Max("error_detail"))
        .order_by("-count", "error_code")
    )
    return [Failure(*row) for row in rows[:MAX_FAILURES]]


def batch_in_trouble(batch: MessageBatch) -> QuerySet[Message]:
    """Messages of the batch that failed, or will be tried again after a failure; newest first."""
    return (
        batch.messages.filter(status__in=FAILED | OPEN)
        .exclude(error_code="")
        .only("message_id", "recipient", "status", "error_code", "error_detail", "attempts")
        .order_by("-id")
    )


def message_content(message: Message) -> Content | None:
    """What the message says, from the template's version that it was accepted with.

    None where it has no template, or lacks a variable.
    """
    if message.template is None:
        return None
    number = message.template_version or message.template.version
    version = TemplateVersion.objects.filter(template=message.template, version=number).first()
    shared = message.batch.variables if message.batch else {}
    try:
        return source_of(version or message.template).render(
            {**shared, **(message.variables or {})}
        )
    except MissingVariablesError:
        return None


def messages_for_list() -> QuerySet[Message]:
    return Message.objects.select_related("batch", "template").defer(
        "payload",
        "batch__variables",
        "template__body",
        "template__options",
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    """How many messages of a batch are in one state, and their times."""

    status: str
    count: int
    due_at: dt.datetime
    sent_at: dt.datetime | None
    finished_at: dt.datetime | None

    def as_json(self) -> list[Any]:
        times = (self.due_at, self.sent_at, self.finished_at)
        return [self.status, self.count, *(at and at.isoformat() for at in times)]

    @classmethod
    def from_json(cls, row: Sequence[Any]) -> "_Counted":
        status, count, *times = row
        return cls(status, count, *(at and dt.datetime.fromisoformat(at) for at in times))


def _counted(batches: Collection[MessageBatch]) -> dict[int, list[_Counted]]:
    """By batch; one whose messages are partly deleted tells what it kept."""
    found: dict[int, list[_Counted]] = {
        batch.pk: [_Counted.from_json(row) for row in (batch.kept_figures or {}).get("states", [])]
        for batch in batches
    }
    counted = [batch.pk for batch in batches if batch.kept_figures is None]
    rows = (
        Message.objects.filter(batch__in=counted)
        .order_by()
        .values_list("batch_id", "status")
        .annotate(Count("id"), Min("due_at"), Min("sent_at"), Max("finished_at"))
    )
    for batch_id, *row in rows:
        found[batch_id].append(_Counted(*row))
    return found


def _progress(batch: MessageBatch, rows: Sequence[_Counted]) -> dict[str, Any]:
    counts = dict.fromkeys(MessageStatus.values, 0) | {row.status: row.count for row in rows}
    waiting = counts["queued"] + counts["scheduled"]
    open_count = waiting + counts["sending"]
    finished = batch.total - open_count
    last = max((row.finished_at for row in rows if row.finished_at), default=None)
    ended_at = None if open_count else last
    due_at = min((row.due_at for row in rows), default=batch.created_at)
    return {
        "batch_id": batch.batch_id,
        "status": _status(batch, counts, open_count),
        "total": batch.total,
        "queued": waiting,
        "sending": counts["sending"],
        "sent": counts["sent"],
        "delivered": counts["delivered"] + counts["read"],
        "failed": counts["failed"] + counts["uncertain"] + counts["expired"],
        "cancelled": counts["cancelled"],
        "percent": round(100 * finished / batch.total, 1),
        "rate_per_second": _rate(max(batch.created_at, due_at), finished, ended_at),
        "started_at": min((row.sent_at for row in rows if row.sent_at), default=None),
        "finished_at": ended_at,
    }


def _status(batch: MessageBatch, counts: dict[str, int], open_count: int) -> str:
    if not open_count:
        return "cancelled" if batch.is_cancelled else "finished"
    if batch.is_paused:
        return "paused"
    if open_count == batch.total and not counts["sending"]:
        return "scheduled" if counts["scheduled"] == batch.total else "queued"
    return "sending"


def _rate(began_at: dt.datetime, finished: int, ended_at: dt.datetime | None) -> float:
    seconds = ((ended_at or timezone.now()) - began_at).total_seconds()
    return round(finished / seconds, 1) if finished and seconds > 0 else 0.0
