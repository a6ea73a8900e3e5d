"""Reading messages and finding accounts."""

import datetime as dt
from typing import Any

from django.db.models import Count, Max, Min, QuerySet
from django.utils import timezone

from messaging.models import ChannelAccount, ChannelType, Message, MessageBatch, MessageStatus


def robot_of_group(group_id: str) -> ChannelAccount | None:
    """The robot that stands in that group, else the default one, else None."""
    robots = ChannelAccount.objects.filter(channel=ChannelType.GROUP_BOT, is_active=True)
    own = robots.filter(settings__group_id=group_id).first() if group_id else None
    return own or robots.filter(is_default=True).first()


def batch_counts(batch: MessageBatch) -> dict[str, int]:
    """How many messages are in each state; every state is there, and they add up to the total."""
    counts = dict.fromkeys(MessageStatus.values, 0)
    counts.update(batch.messages.order_by().values_list("status").annotate(Count("id")))
    return counts


def batch_progress(batch: MessageBatch) -> dict[str, Any]:
    """What `GET /api/messages/batches/{id}` answers; the counts add up to `total`.

    A scheduled message counts as queued, a read one as delivered, an uncertain or expired one as
    failed. `rate_per_second` is messages finished per second since the first was.
    """
    counts = batch_counts(batch)
    waiting = counts["queued"] + counts["scheduled"]
    open_count = waiting + counts["sending"]
    finished = batch.total - open_count
    times = batch.messages.aggregate(first=Min("sent_at"), last=Max("finished_at"))
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
        "rate_per_second": _rate(batch, finished, times["last"] if not open_count else None),
        "started_at": times["first"],
        "finished_at": times["last"] if not open_count else None,
    }


def messages_for_list() -> QuerySet[Message]:
    return Message.objects.select_related("batch", "template").defer(
        "payload",
        "batch__variables",
        "template__body",
        "template__options",
    )


def _status(batch: MessageBatch, counts: dict[str, int], open_count: int) -> str:
    if not open_count:
        return "cancelled" if batch.is_cancelled else "finished"
    if batch.is_paused:
        return "paused"
    if open_count == batch.total and not counts["sending"]:
        return "scheduled" if counts["scheduled"] == batch.total else "queued"
    return "sending"


def _rate(batch: MessageBatch, finished: int, ended_at: dt.datetime | None) -> float:
    seconds = ((ended_at or timezone.now()) - batch.created_at).total_seconds()
    return round(finished / seconds, 1) if finished and seconds > 0 else 0.0
