"""How long the kernel's own tables, and Django's, are kept."""

from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session

from config.events.models import OutboxEntry
from config.retention import registry
from config.retention.registry import Table, expired, numbered


def register() -> None:
    registry.register(
        Table("sessions", "已过期的登录", 1, 0, expired(Session.objects.all(), "expire_date"))
    )
    registry.register(
        Table(
            "admin_log", "后台操作日志", 365, 180, numbered(LogEntry.objects.all(), "action_time")
        )
    )
    registry.register(
        Table(
            "outbox_errors",
            "无法发布的任务与事件",
            30,
            7,
            numbered(OutboxEntry.objects.exclude(error=""), "created_at"),
        )
    )
