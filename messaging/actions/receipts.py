"""Delivery receipts: what a provider tells about a message after it took it (contract.md §2)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from config.database.locks import transaction_lock
from config.events.publish import publish
from config.logs import get_logger
from config.retention import expired, remove_all
from messaging.channels.base import Receipt, ReceiptStatus
from messaging.models import EarlyReceipt, Message, MessageStatus, ProviderReference
from messaging.models.message import RECIPIENT_LENGTH
from messaging.sending import followed
from messaging.statistics import counters

logger = get_logger(__name__)

# A receipt without a message is kept so long: its message may be about to be written down.
EARLY_KEPT = timedelta(days=1)

# Where a receipt may take a message from: never backwards, and never twice.
_FROM: Mapping[str, frozenset[MessageStatus]] = {
    ReceiptStatus.DELIVERED: frozenset({MessageStatus.SENT, MessageStatus.UNCERTAIN}),
    ReceiptStatus.READ: frozenset(
        {MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.UNCERTAIN}
    ),
    ReceiptStatus.FAILED: frozenset({MessageStatus.SENT, MessageStatus.UNCERTAIN}),
}


def receipt_apply(channel: str, receipt: Receipt) -> bool:
    """Moves the message that the receipt is about; False when nothing changed.

    One that is not known (yet) is kept a day and applied when its message is written down.
    """
    receipt = _storable(receipt)
    with transaction.atomic():
        messages = _messages_of(channel, receipt) or _keep_early(channel, receipt)
        moved = [_move(message, receipt) for message in messages]
        return any(moved)


def hold_early(channel: str) -> None:
    """While the running transaction writes down providers' numbers, no early receipt slips past it."""
    transaction_lock(f"receipts.early:{channel}", is_shared=True)


def apply_early(channel: str, provider_message_id: str) -> None:
    """Applies the receipts that came before their message was known; called in its transaction."""
    for early in EarlyReceipt.objects.filter(
        channel=channel, provider_message_id=provider_message_id
    ).order_by("id"):
        receipt = Receipt(
            ReceiptStatus(early.status),
            early.provider_message_id,
            recipient=early.recipient,
            code=early.code,
            detail=early.detail,
            at=early.at,
        )
        for message in _messages_of(channel, receipt):
            _move(message, receipt)
            early.delete()


def purge_early() -> int:
    """Forgets receipts whose message never came."""
    old = expired(EarlyReceipt.objects.all(), "created_at")
    return remove_all(old, timezone.now() - EARLY_KEPT)


def _messages_of(channel: str, receipt: Receipt) -> list[Message]:
    rows = Message.objects.select_for_update(of=("self",)).filter(channel=channel)
    if receipt.message_id:
        rows = rows.filter(message_id=receipt.message_id)
    else:
        known = ProviderReference.objects.filter(
            channel=channel, provider_message_id=receipt.provider_message_id
        ).values("message_id")
        rows = rows.filter(pk__in=known)
    if receipt.recipient:
        rows = rows.filter(recipient=receipt.recipient)
    return list(rows)


def _keep_early(channel: str, receipt: Receipt) -> list[Message]:
    """Keeps what no message is known for; the messages, should they have been written meanwhile."""
    if not receipt.provider_message_id:
        logger.info("receipt_of_nobody", channel=channel)
        return []
    transaction_lock(f"receipts.early:{channel}")
    messages = _messages_of(channel, receipt)
    if not messages:
        EarlyReceipt.objects.create(
            channel=channel,
            provider_message_id=receipt.provider_message_id,
            recipient=receipt.recipient,
            status=receipt.status,
            code=receipt.code,
            detail=receipt.detail,
            at=receipt.at or timezone.now(),
        )
    return messages


def _storable(receipt: Receipt) -> Receipt:
    """As our columns hold it, whatever the provider wrote."""
    return replace(
        receipt,
        provider_message_id=_cut(receipt.provider_message_id, 128),
        message_id=_cut(receipt.message_id, 40),
        recipient=_cut(receipt.recipient, RECIPIENT_LENGTH),
        code=_cut(receipt.code, 64),
        detail=_cut(receipt.detail, 500),
    )


def _cut(text: str, length: int) -> str:
    return text.replace("\x00", "")[:length]


def _move(message: Message, receipt: Receipt) -> bool:
    if message.status not in _FROM[receipt.status]:
        return False
    before = message.status
    message.status = MessageStatus(receipt.status.value)
    # Providers tell whole seconds, by clocks of their own: nothing arrives before it left.
    left = message.sent_at or message.created_at
    message.delivered_at = message.delivered_at or max(left, receipt.at or timezone.now())
    if receipt.status is ReceiptStatus.FAILED:
        message.error_code = receipt.code or "receipt_failed"
        message.error_detail = receipt.detail
    else:
        # Where sending ended in doubt, it is over now.
        message.sent_at = message.sent_at or message.delivered_at
        message.error_code = message.error_detail = ""
    message.save(update_fields=["status", "sent_at", "delivered_at", "error_code", "error_detail"])
    publish(
        f"message.{receipt.status.value}",
        {"message_id": message.message_id, "channel": message.channel},
    )
    followed.tell([(message.pk, message.dedupe_key)])
    after, created = message.status, message.created_at
    channel, template_id = message.channel, message.template_id
    transaction.on_commit(
        lambda: counters.count_moved(channel, template_id, created, before, after)
    )
    return True
