"""What the admin's pages of messages have in common."""

from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin

from messaging.models import MessageStatus

STATUS_COLOURS = {
    **dict.fromkeys(MessageStatus, "default"),
    MessageStatus.SENT: "success",
    MessageStatus.DELIVERED: "success",
    MessageStatus.READ: "success",
    MessageStatus.FAILED: "danger",
    MessageStatus.UNCERTAIN: "warning",
    MessageStatus.SENDING: "info",
}


class ReadOnlyAdmin(ModelAdmin):
    """What has happened cannot be edited."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
