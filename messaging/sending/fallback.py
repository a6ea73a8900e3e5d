"""Fallback channels: a message that failed for good on one channel goes on over the next."""

from collections.abc import Sequence

from django.db import transaction

from config.database import clock
from config.errors import AppError
from config.logs import get_logger
from customers.queries.addresses import address_of
from messaging.channels import registry
from messaging.channels.base import Recipient
from messaging.models import Message, MessageStatus
from messaging.opt_outs import opted_out
from messaging.sending.chunks import create_chunks
from messaging.sending.results import After
from messaging.statistics import counters

logger = get_logger(__name__)


def take_over(rows: Sequence[After]) -> int:
    """Sends on what failed and has a channel left; returns how many."""
    failed = [
        row.finished.row.pk
        for row in rows
        if row.status == MessageStatus.FAILED and row.finished.row.has_fallback
    ]
    return sum(_next_channel(pk) for pk in failed)


@transaction.atomic
def _next_channel(pk: int) -> bool:
    """The same message, over the first channel left that reaches its customer."""
    message = (
        Message.objects.select_for_update(of=("self",))
        .select_related("customer")
        .filter(pk=pk, status=MessageStatus.FAILED)
        .first()
    )
    if message is None:
        return False
    left = list(message.fallback_channels or [])
    before = message.channel
    while left:
        channel = left.pop(0)
        recipient = _recipient(message, channel)
        if recipient is None:
            continue
        logger.info("message_falls_back", message_id=message.message_id, to=channel)
        message.channel, message.recipient = channel, recipient.address
        message.account = recipient.account
        message.fallback_channels = left or None
        message.status, message.attempts, message.payload = MessageStatus.QUEUED, 0, None
        message.due_at, message.finished_at = clock.now(), None
        message.save()
        create_chunks([pk], queue=message.queue, due_at=message.due_at, batch_id=message.batch_id)
        _count_later(before, message)
        return True
    Message.objects.filter(pk=pk).update(fallback_channels=None)
    return False


def _count_later(failed_on: str, message: Message) -> None:
    """It is no failure of the channel that it left behind."""
    template_id, created_at = message.template_id, message.created_at
    taken_by = message.channel
    transaction.on_commit(
        lambda: counters.count_taken_over(failed_on, taken_by, template_id, created_at)
    )


def _recipient(message: Message, channel: str) -> Recipient | None:
    address = address_of(message.customer, channel) if message.customer else ""
    if not address or channel not in registry.codes():
        return None
    try:
        recipient = registry.get(channel).recipient(address)
    except AppError:
        return None
    return None if opted_out(channel, [recipient.address]) else recipient
