"""Keeping providers' numbers where receipts will ask for them."""

from collections.abc import Sequence

from django.db import transaction

from messaging.actions.receipts import apply_early, hold_early
from messaging.channels import registry
from messaging.models import MessageStatus, ProviderReference
from messaging.sending.results import After


def keep(rows: Sequence[After]) -> None:
    """For receipts and changes; receipts that came first are applied now (guarantees.md 14)."""
    sent = [
        row
        for row in rows
        if row.status == MessageStatus.SENT
        and row.finished.result.provider_message_id
        and (row.finished.result.change_code or registry.get(row.finished.row.channel).has_receipts)
    ]
    if not sent:
        return
    with transaction.atomic():
        for channel in sorted({row.finished.row.channel for row in sent}):
            hold_early(channel)
        ProviderReference.objects.bulk_create(
            ProviderReference(
                channel=row.finished.row.channel,
                provider_message_id=row.finished.result.provider_message_id[:128],
                message_id=row.finished.row.pk,
                change_code=row.finished.result.change_code[:128],
            )
            for row in sent
        )
        for row in sent:
            apply_early(row.finished.row.channel, row.finished.result.provider_message_id[:128])
