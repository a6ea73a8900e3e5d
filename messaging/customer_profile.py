"""What messages add to a customer's profile and timeline (registered from `ready()`)."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from customers.actors import Actor
from customers.merging import register_part as register_moved
from customers.merging.own import rows_of
from customers.models import Customer
from customers.queries.profile import SHOWN, moment, register_part
from customers.queries.timeline import Before, Item, newest, register_source
from messaging.models import ChannelType, Message, MessageStatus
from messaging.models.message import ARRIVED
from messaging.queries import FAILED

CHANNELS = dict(ChannelType.choices)


def register() -> None:
    register_part("messages", messages_of)
    register_moved("messages", rows_of(Message), label="消息")
    register_source("message", messages, label="消息", page="messaging_message")


def messages_of(customer: Customer, actor: Actor) -> dict[str, Any]:
    """Counts and the latest of what was sent to the customer."""
    rows = _rows(customer.pk)
    counts = Message.objects.filter(customer=customer).aggregate(
        total=Count("id"),
        arrived=Count("id", filter=Q(status__in=ARRIVED)),
        failed=Count("id", filter=Q(status__in=FAILED)),
    )
    return {
        **counts,
        "recent": [
            {
                "message_id": row.message_id,
                "channel": row.channel,
                "channel_name": str(CHANNELS.get(row.channel, row.channel)),
                "template": row.template.name if row.template else "",
                "status": row.status,
                "status_name": row.get_status_display(),
                "created_at": moment(row.created_at),
                "sent_at": moment(row.sent_at),
            }
            for row in rows.order_by("-id")[:SHOWN]
        ],
    }


def messages(customer_id: int, before: Before | None, limit: int, actor: Actor) -> list[Item]:
    return [_message(row) for row in newest(_rows(customer_id), before, limit)]


def _message(row: Message) -> Item:
    what = f"「{row.template.name}」" if row.template else ""
    state = str(MessageStatus(row.status).label)
    return Item(
        pk=row.pk,
        at=row.created_at,
        title=f"{CHANNELS.get(row.channel, row.channel)}消息{what}",
        content=f"{state}：{row.error_detail}" if row.error_detail else state,
        ref_type="message",
        ref_id=row.pk,
        data={"message_id": row.message_id, "status": row.status},
    )


def _rows(customer_id: int) -> QuerySet[Message]:
    """Without what makes a row large."""
    return (
        Message.objects.filter(customer_id=customer_id)
        .select_related("template")
        .defer("payload", "variables", "template__body", "template__options")
    )
