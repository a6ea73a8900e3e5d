"""Callbacks: what came in, and what became of it."""

import json

from django.contrib import admin
from unfold.decorators import display

from config.admin_site.read_only import ReadOnlyAdmin
from wechat.models import Callback, CallbackStatus

STATUS_COLOURS = {
    CallbackStatus.IGNORED: "default",
    CallbackStatus.DONE: "success",
    CallbackStatus.FAILED: "danger",
    CallbackStatus.RECEIVED: "warning",
}


@admin.register(Callback)
class CallbackAdmin(ReadOnlyAdmin):
    list_display = ["received_at", "source", "event", "shown_status", "attempts", "dedupe_key"]
    list_filter = ["source", "status"]
    search_fields = ["dedupe_key", "=event"]
    fields = [
        "source",
        "event",
        "dedupe_key",
        "shown_status",
        "attempts",
        "received_at",
        "finished_at",
        "shown_payload",
        "reply",
        "error",
    ]
    readonly_fields = fields
    ordering = ["-id"]

    @display(description="状态", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, callback: Callback) -> tuple[str, str]:
        return callback.status, callback.get_status_display()

    @admin.display(description="内容")
    def shown_payload(self, callback: Callback) -> str:
        shown = {k: v for k, v in callback.payload.items() if k != "response_url"}
        return json.dumps(shown, ensure_ascii=False, indent=2)
