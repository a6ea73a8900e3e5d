"""Receipts: by which provider number a message is known, and receipts that came before it."""

from django.db import models

from messaging.models.account import ChannelType
from messaging.models.message import Message


class ProviderReference(models.Model):
    """The provider's number of a message that receipts will ask for, or that can be changed later.

    A table of its own: an index on the messages would make every sending update move the row.
    """

    channel = models.CharField(max_length=12, choices=ChannelType)
    provider_message_id = models.CharField(max_length=128)
    message = models.ForeignKey(Message, models.CASCADE, related_name="provider_references")
    # What the provider asks for when the message is changed; good once.
    change_code = models.CharField(max_length=128, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "平台消息号"
        indexes = [
            models.Index(fields=["channel", "provider_message_id"], name="provider_reference_find")
        ]

    def __str__(self) -> str:
        return self.provider_message_id


class EarlyReceipt(models.Model):
    """A receipt whose message we had not yet written down as sent (guarantees.md 14)."""

    channel = models.CharField(max_length=12, choices=ChannelType)
    provider_message_id = models.CharField(max_length=128)
    recipient = models.CharField(max_length=1000, blank=True)
    status = models.CharField(max_length=10)
    code = models.CharField(max_length=64, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "早到的回执"
        indexes = [
            models.Index(fields=["channel", "provider_message_id"], name="early_receipt_find")
        ]

    def __str__(self) -> str:
        return self.provider_message_id
