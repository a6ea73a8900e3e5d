"""Messages and channel accounts in the operators' admin."""

import json
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from config.errors import ConflictError
from messaging.actions.resend import message_resend
from messaging.forms import ChannelAccountForm
from messaging.models import (
    ChannelAccount,
    Message,
    MessageAttempt,
    MessageBatch,
    MessageStatus,
    MessageTemplate,
)
from messaging.queries import batch_counts, messages_for_list

STATUS_COLOURS = {
    **dict.fromkeys(MessageStatus, "default"),
    MessageStatus.SENT: "success",
    MessageStatus.DELIVERED: "success",
    MessageStatus.READ: "success",
    MessageStatus.FAILED: "danger",
    MessageStatus.UNCERTAIN: "warning",
    MessageStatus.SENDING: "info",
}
# Addresses that work once and must not be read off a screen.
HIDDEN_PAYLOAD_KEYS = frozenset({"response_url"})


class ReadOnlyAdmin(ModelAdmin):
    """What has happened cannot be edited."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AttemptInline(TabularInline):
    model = MessageAttempt
    fields = ["created_at", "number", "outcome", "code", "detail", "duration_ms"]
    readonly_fields = fields
    extra = 0
    max_num = 0
    can_delete = False


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ["message_id", "channel", "recipient", "shown_status", "attempts", "created_at"]
    list_filter = ["status", "channel"]
    search_fields = ["message_id", "trace_id", "recipient"]
    show_full_result_count = False
    list_per_page = 50
    inlines = [AttemptInline]
    actions = ["resend_selected"]
    exclude = ["payload", "lease_token", "dedupe_key"]
    readonly_fields = ["shown_payload"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return messages_for_list().order_by("-id")

    @display(description="状态", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, message: Message) -> tuple[str, str]:
        return message.status, message.get_status_display()

    @admin.display(description="内容")
    def shown_payload(self, message: Message) -> str:
        shown = {k: v for k, v in message.payload.items() if k not in HIDDEN_PAYLOAD_KEYS}
        return json.dumps(shown, ensure_ascii=False, indent=2)

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("messaging.change_message")

    @admin.action(description="重新发送", permissions=["resend"])
    def resend_selected(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        done = 0
        for pk in queryset.values_list("pk", flat=True):
            try:
                message_resend(message_pk=pk)
                done += 1
            except ConflictError as error:
                messages.error(request, error.detail)
        if done:
            messages.success(request, f"{done} 条消息已重新排队")


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


@admin.register(MessageTemplate)
class MessageTemplateAdmin(ModelAdmin):
    list_display = ["name", "code", "channel", "body_format", "status", "version"]
    list_filter = ["channel", "status"]
    search_fields = ["name", "code"]
    readonly_fields = ["version"]

    def save_model(
        self, request: HttpRequest, obj: MessageTemplate, form: Any, change: bool
    ) -> None:
        if change and {"subject", "body", "body_format"} & set(form.changed_data):
            obj.version += 1
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Messages keep the template that they were rendered from; switch it off instead."""
        return False


@admin.register(ChannelAccount)
class ChannelAccountAdmin(ModelAdmin):
    form = ChannelAccountForm
    list_display = ["name", "channel", "code", "shown_secret", "is_default", "is_active"]
    list_filter = ["channel", "is_active"]
    search_fields = ["name", "code"]

    @admin.display(description="密钥")
    def shown_secret(self, account: ChannelAccount) -> str:
        return account.masked_secret
