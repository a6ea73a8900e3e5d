"""Messages in the operators' admin: what became of each, and sending it again."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.decorators import display

from config.errors import ConflictError, InvalidInputError
from messaging.actions.batches import message_cancel, message_resend, message_settle
from messaging.actions.recall import message_recall
from messaging.admin.base import STATUS_COLOURS, ReadOnlyAdmin
from messaging.models import Message, MessageAttempt
from messaging.phone_codes.masking import masked
from messaging.queries import messages_for_list
from messaging.tracing import trace_of

NODES = {"queue": "排队", "process": "处理", "send": "发送", "callback": "回执"}
# Addresses that work once and must not be read off a screen.
HIDDEN_PAYLOAD_KEYS = frozenset({"response_url"})


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
    actions = [
        "resend_selected",
        "cancel_selected",
        "recall_selected",
        "settle_sent",
        "settle_failed",
    ]

    class Media:
        css = {"all": ["messaging/messages.css"]}

    readonly_fields = ["trace", "shown_payload", "shown_variables", "shown_fallback"]
    fieldsets = [
        (None, {"fields": ["message_id", "recipient", "status", "trace", "shown_payload"]}),
        (
            "为什么",
            {"fields": ["error_code", "error_detail", "attempts", "due_at", "expires_at"]},
        ),
        (
            "从哪里来",
            {
                "fields": [
                    "channel",
                    "account",
                    "customer",
                    "template",
                    "template_version",
                    "shown_variables",
                    "batch",
                    "priority",
                    "shown_fallback",
                    "created_by",
                    "created_at",
                ]
            },
        ),
        (
            "到哪里去",
            {"fields": ["provider_message_id", "sent_at", "delivered_at", "finished_at"]},
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return messages_for_list().order_by("-id")

    @display(description="状态", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, message: Message) -> tuple[str, str]:
        return message.status, message.get_status_display()

    @admin.display(description="轨迹")
    def trace(self, message: Message) -> SafeString:
        """排队 → 处理 → 发送 → 回执, each with its time; what has not happened yet is grey."""
        found = {node["node"]: node for node in trace_of(message)["nodes"]}
        nodes = [{"name": name, **found.get(key, {})} for key, name in NODES.items()]
        return render_to_string("admin/messaging/message/_trace.html", {"nodes": nodes})

    @admin.display(description="内容")
    def shown_payload(self, message: Message) -> str:
        shown = {k: v for k, v in (message.payload or {}).items() if k not in HIDDEN_PAYLOAD_KEYS}
        return _pretty(masked(message, shown))

    @admin.display(description="变量")
    def shown_variables(self, message: Message) -> str:
        return _pretty(masked(message, message.variables)) if message.variables else ""

    @admin.display(description="备用渠道")
    def shown_fallback(self, message: Message) -> str:
        return "、".join(message.fallback_channels or [])

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("messaging.change_message")

    @admin.action(description="重新发送", permissions=["resend"])
    def resend_selected(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        _each(request, queryset, lambda pk: message_resend(message_pk=pk), "已重新排队")

    @admin.action(description="取消发送", permissions=["resend"])
    def cancel_selected(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        _each(request, queryset, lambda pk: message_cancel(message_pk=pk), "已取消")

    @admin.action(description="撤回（已发送的应用消息）", permissions=["resend"])
    def recall_selected(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        _each(request, queryset, _recall, "已撤回")

    @admin.action(description="结果未知：确认已送达", permissions=["resend"])
    def settle_sent(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        _each(request, queryset, lambda pk: message_settle(message_pk=pk, arrived=True), "已确认")

    @admin.action(description="结果未知：确认未送达", permissions=["resend"])
    def settle_failed(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        _each(request, queryset, lambda pk: message_settle(message_pk=pk, arrived=False), "已确认")


def _pretty(value: Any) -> SafeString:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return format_html('<pre class="trial-body">{}</pre>', text)


def _recall(pk: int) -> Message:
    return message_recall(message=messages_for_list().get(pk=pk))


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
        except (ConflictError, InvalidInputError) as error:
            messages.error(request, error.detail)
    if done:
        messages.success(request, f"{done} 条消息{said}")
