"""What conditions over customers may ask of the messages sent to them (registered from `ready()`)."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from customers.conditions import Field, Param, register_field
from customers.conditions.columns import Rows, count_of, latest_of, since
from customers.conditions.fields import DAYS, choices_of
from customers.conditions.kinds import Kind
from customers.conditions.language import Leaf
from messaging.models import ChannelType, Message, MessageStatus
from messaging.models.message import ARRIVED

GROUP = "消息"
CHANNEL = Param("channel", "渠道", Kind.CHOICE, choices=choices_of(ChannelType))


def register() -> None:
    for name, label, states in (
        ("messages.sent", "收到的消息数", ARRIVED),
        ("messages.failed", "发送失败的消息数", {MessageStatus.FAILED}),
    ):
        register_field(
            Field(
                name,
                label,
                GROUP,
                Kind.INTEGER,
                count_of(_recent(states)),
                params=(DAYS, CHANNEL),
            )
        )
    register_field(
        Field(
            "messages.last",
            "最近一条消息",
            GROUP,
            Kind.DATE,
            latest_of(_of_channel, "sent_at"),
            params=(CHANNEL,),
        )
    )


def _recent(states: Collection[MessageStatus]) -> Rows:
    def rows(leaf: Leaf, now: datetime) -> QuerySet[Message]:
        return _of_channel(leaf, now).filter(status__in=states, created_at__gte=since(leaf, now))

    return rows


def _of_channel(leaf: Leaf, now: datetime) -> QuerySet[Message]:
    found = Message.objects.filter(customer__isnull=False)
    channel = leaf.params.get("channel")
    return found.filter(channel=channel) if channel else found
