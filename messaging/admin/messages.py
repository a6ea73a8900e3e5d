"""Messages in the operators' admin: what became of each, and sending it again."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from unfold.admin import TabularInline
from unfold.decorators import display

from config.admin_site.read_only import ReadOnlyAdmin
from customers.admin.masking import MaskedPhones
from customers.phone_visibility import masked_address, masked_in
from messaging.admin.base import STATUS_COLOURS
from messaging.admin.bulk_acts import BULK_ACTS
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
class MessageAdmin(MaskedPhones, ReadOnlyAdmin):
    masked = {
        "recipient": "masked_recipient",
        "shown_payload": "masked_payload",
        "shown_variables": "masked_variables",
    }
    list_display = ["message_id", "channel", "recipient", "shown_status", "attempts", "created_at"]
    list_filter = ["status", "channel"]
    search_fields = ["=message_id", "=recipient"]
    show_full_result_count = False
    list_per_page = 50
    inlines = [AttemptInline]
    actions = BULK_ACTS

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

    @admin.display(description="接收方", ordering="recipient")
    def masked_recipient(self, message: Message) -> str:
        return masked_address(message.recipient)

    @admin.display(description="内容")
    def masked_payload(self, message: Message) -> str:
        return mark_safe(masked_in(self.shown_payload(message)))  # noqa: S308 - escaped before

    @admin.display(description="变量")
    def masked_variables(self, message: Message) -> str:
        return mark_safe(masked_in(self.shown_variables(message)))  # noqa: S308 - escaped before

    @admin.display(description="备用渠道")
    def shown_fallback(self, message: Message) -> str:
        return "、".join(message.fallback_channels or [])

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("messaging.change_message")


def _pretty(value: Any) -> SafeString:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return format_html('<pre class="trial-body">{}</pre>', text)
