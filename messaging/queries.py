"""Reading messages and finding accounts."""

from typing import Any

from django.db.models import Count, Max, Min, QuerySet

from messaging.models import ChannelAccount, ChannelType, Message, MessageBatch, MessageStatus


def robot_of_group(group_id: str) -> ChannelAccount | None:
    """The robot that stands in that group, else the default one, else None."""
    robots = ChannelAccount.objects.filter(channel=ChannelType.GROUP_BOT, is_active=True)
    own = robots.filter(settings__group_id=group_id).first() if group_id else None
    return own or robots.filter(is_default=True).first()


def robot_called(text: str) -> ChannelAccount | None:
    """The active robot of that group id, or of that code."""
    robots = ChannelAccount.objects.filter(channel=ChannelType.GROUP_BOT, is_active=True)
    return robots.filter(settings__group_id=text).first() or robots.filter(code=text).first()


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
    times = batch.messages.aggregate(
        first=Min("sent_at"), last=Max("finished_at"), started=Min("created_at")
    )
    waiting = counts["queued"] + counts["scheduled"]
    open_count = waiting + counts["sending"]
    finished = batch.total - open_count
    seconds = (times["last"] - times["started"]).total_seconds() if finished else 0.0
    return {
        "batch_id": batch.batch_id,
        "status": "finished" if not open_count else "sending" if finished else "queued",
        "total": batch.total,
        "queued": waiting,
        "sending": counts["sending"],
        "sent": counts["sent"],
        "delivered": counts["delivered"] + counts["read"],
        "failed": counts["failed"] + counts["uncertain"] + counts["expired"],
        "cancelled": counts["cancelled"],
        "percent": round(100 * finished / batch.total, 1),
        "rate_per_second": round(finished / seconds, 1) if seconds else 0.0,
        "started_at": times["first"],
        "finished_at": times["last"] if not open_count else None,
    }


def messages_for_list() -> QuerySet[Message]:
    return Message.objects.select_related("batch", "customer", "account", "template")
