"""Reading messages and finding accounts."""

from django.db.models import Count, QuerySet

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


def messages_for_list() -> QuerySet[Message]:
    return Message.objects.select_related("batch", "customer", "account")
