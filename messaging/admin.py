"""Messages and channel accounts in the operators' admin."""

import json
from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from config.errors import ConflictError
from customers.models import User
from messaging.actions.batches import message_cancel, message_resend, message_settle
from messaging.actions.channel_accounts import account_save
from messaging.actions.templates import template_save
from messaging.forms import ChannelAccountForm, TemplateForm, channel_fields
from messaging.models import (
    ChannelAccount,
    ChannelCircuit,
    Message,
    MessageAttempt,
    MessageBatch,
    MessageStatus,
    MessageTemplate,
    OptOut,
    TemplateVersion,
)
from messaging.queries import batch_counts, messages_for_list
from messaging.rendering import source_of
from messaging.sending.circuit import circuit_close

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
    search_fields = ["=message_id", "=recipient"]
    show_full_result_count = False
    list_per_page = 50
    inlines = [AttemptInline]
    actions = ["resend_selected", "cancel_selected", "settle_sent", "settle_failed"]
    exclude = ["payload", "lease_token", "lease_until", "dedupe_key"]
    readonly_fields = ["shown_payload"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return messages_for_list().order_by("-id")

    @display(description="状态", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, message: Message) -> tuple[str, str]:
        return message.status, message.get_status_display()

    @admin.display(description="内容")
    def shown_payload(self, message: Message) -> str:
        shown = {k: v for k, v in (message.payload or {}).items() if k not in HIDDEN_PAYLOAD_KEYS}
        return json.dumps(shown, ensure_ascii=False, indent=2)

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("messaging.change_message")

    @admin.action(description="重新发送", permissions=["resend"])
    def resend_selected(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        _each(request, queryset, lambda pk: message_resend(message_pk=pk), "已重新排队")

    @admin.action(description="取消发送", permissions=["resend"])
    def cancel_selected(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        _each(request, queryset, lambda pk: message_cancel(message_pk=pk), "已取消")

    @admin.action(description="结果未知：确认已送达", permissions=["resend"])
    def settle_sent(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        _each(request, queryset, lambda pk: message_settle(message_pk=pk, arrived=True), "已确认")

    @admin.action(description="结果未知：确认未送达", permissions=["resend"])
    def settle_failed(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        _each(request, queryset, lambda pk: message_settle(message_pk=pk, arrived=False), "已确认")


def _each(
    request: HttpRequest,
    queryset: QuerySet[Message],
    act: Callable[[int], Message],
    said: str,
) -> None:
    """Acts on each message by itself; those whose state does not allow it are told."""
    done = 0
    for pk in queryset.values_list("pk", flat=True):
        try:
            act(pk)
            done += 1
        except ConflictError as error:
            messages.error(request, error.detail)
    if done:
        messages.success(request, f"{done} 条消息{said}")


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


class VersionInline(TabularInline):
    model = TemplateVersion
    fields = ["version", "subject", "body", "created_by", "created_at"]
    readonly_fields = fields
    extra = 0
    max_num = 0
    can_delete = False
    ordering = ["-version"]


@admin.register(MessageTemplate)
class MessageTemplateAdmin(ModelAdmin):
    form = TemplateForm
    list_display = ["name", "code", "channel", "push_mode", "schedule", "status", "version"]
    list_filter = ["channel", "push_mode", "status"]
    search_fields = ["name", "code"]
    readonly_fields = ["version", "names"]
    inlines = [VersionInline]

    @admin.display(description="变量")
    def names(self, template: MessageTemplate) -> str:
        return "、".join(source_of(template).names) or "无"

    def save_model(
        self, request: HttpRequest, obj: MessageTemplate, form: Any, change: bool
    ) -> None:
        template_save(obj, actor=cast("User", request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Messages keep the template that they were rendered from; switch it off instead."""
        return False


@admin.register(ChannelAccount)
class ChannelAccountAdmin(ModelAdmin):
    form = ChannelAccountForm
    list_display = ["name", "channel", "code", "shown_secrets", "is_default", "is_active"]
    list_filter = ["channel", "is_active"]
    search_fields = ["name", "code"]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["fields"] = self.form.Meta.fields
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: ChannelAccount | None = None) -> Any:
        """A new account shows its channel's fields once the channel is chosen and saved."""
        channel = obj.channel if obj else request.POST.get("channel", "")
        own = ["code", "name", "is_active", "is_default"]
        if obj is None:
            own.insert(0, "channel")
        return [(None, {"fields": own}), ("渠道设置", {"fields": list(channel_fields(channel))})]

    def save_model(
        self, request: HttpRequest, obj: ChannelAccount, form: Any, change: bool
    ) -> None:
        account_save(obj)

    @admin.display(description="密钥")
    def shown_secrets(self, account: ChannelAccount) -> str:
        return "，".join(account.masked_secrets.values())


@admin.register(ChannelCircuit)
class ChannelCircuitAdmin(ReadOnlyAdmin):
    list_display = ["key", "is_open", "code", "detail", "opened_at", "open_until"]
    list_filter = ["is_open"]
    actions = ["close_selected"]

    def has_close_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("messaging.change_channelaccount"))

    @admin.action(description="立即恢复发送", permissions=["close"])
    def close_selected(self, request: HttpRequest, queryset: QuerySet[ChannelCircuit]) -> None:
        for circuit in queryset.filter(is_open=True):
            circuit_close(circuit.key)
            messages.success(request, f"{circuit.key} 已恢复")


@admin.register(OptOut)
class OptOutAdmin(ModelAdmin):
    list_display = ["channel", "address", "reason", "created_at"]
    list_filter = ["channel"]
    search_fields = ["address"]
