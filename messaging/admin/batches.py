"""Batches in the operators' admin."""

from django.contrib import admin

from messaging.admin.base import ReadOnlyAdmin
from messaging.models import MessageBatch, MessageStatus
from messaging.queries import batch_counts


@admin.register(MessageBatch)
class MessageBatchAdmin(ReadOnlyAdmin):
    list_display = ["batch_id", "channel", "total", "created_by", "created_at"]
    list_filter = ["channel"]
    search_fields = ["batch_id"]
    list_select_related = ["created_by"]
    readonly_fields = ["counts"]

    @admin.display(description="各状态数量")
    def counts(self, batch: MessageBatch) -> str:
        labels = dict(MessageStatus.choices)
        found = batch_counts(batch)
        return "，".join(f"{labels[key]} {count}" for key, count in found.items() if count)
