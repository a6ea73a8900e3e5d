"""Greetings: what was said to whom, or why not."""

from django.contrib import admin
from unfold.decorators import display

from config.admin_site.read_only import ReadOnlyAdmin
from wechat.models import Welcome, WelcomeStatus

STATES = {
    WelcomeStatus.SENT: "success",
    WelcomeStatus.FAILED: "danger",
    WelcomeStatus.LATE: "warning",
    WelcomeStatus.PENDING: "info",
    WelcomeStatus.SKIPPED: "default",
}


@admin.register(Welcome)
class WelcomeAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "shown_status", "kind", "user_id", "state", "attempts", "error"]
    list_filter = ["status", "kind"]
    search_fields = ["=external_userid", "=user_id", "=state"]
    list_per_page = 50
    show_full_result_count = False
    ordering = ["-created_at"]
    fields = [
        "shown_status", "kind", "external_userid", "user_id", "state", "text", "attempts", "error",
        "created_at", "expires_at", "sent_at",
    ]  # fmt: skip

    @display(description="状态", ordering="status", label=STATES)
    def shown_status(self, welcome: Welcome) -> tuple[str, str]:
        return welcome.status, welcome.get_status_display()
