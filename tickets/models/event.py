"""What happened to a ticket: one row for every change, written with the change."""

from django.conf import settings
from django.db import models

from customers.actors import Entry
from tickets.models.ticket import Ticket


class EventKind(models.TextChoices):
    CREATED = "created", "创建"
    ASSIGNED = "assigned", "分配"
    STATUS = "status", "状态变更"
    PROGRESS = "progress", "进度更新"
    EDITED = "edited", "修改"
    REPLY = "reply", "回复"
    WAITING = "waiting", "等待客户"
    RESUMED = "resumed", "继续处理"
    MERGED = "merged", "合并"
    LINKED = "linked", "关联"
    ATTACHED = "attached", "附件"
    RATED = "rated", "评价"
    REMINDED = "reminded", "催促"
    SLA = "sla", "SLA"
    DISPATCHED = "dispatched", "派单"
    CHECKED = "checked", "检查项"
    UNDONE = "undone", "撤销"


# What changes the ticket's own fields: two people editing meet here, a note disturbs nobody.
CHANGING = frozenset(
    {
        EventKind.ASSIGNED,
        EventKind.STATUS,
        EventKind.PROGRESS,
        EventKind.EDITED,
        EventKind.MERGED,
        EventKind.UNDONE,
    }
)


class Visibility(models.TextChoices):
    PUBLIC = "public", "客户可见"
    INTERNAL = "internal", "仅内部"


class TicketEvent(models.Model):
    """`sequence` runs 1, 2, 3 … in a ticket without a gap; the last one is the ticket's version."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="events", verbose_name="工单")
    sequence = models.PositiveIntegerField("序号")
    kind = models.CharField("类型", max_length=16, choices=EventKind)
    visibility = models.CharField(
        "可见范围", max_length=8, choices=Visibility, default=Visibility.INTERNAL
    )
    from_value = models.CharField("变更前", max_length=200, blank=True)
    to_value = models.CharField("变更后", max_length=200, blank=True)
    content = models.TextField("内容", blank=True)
    changes = models.JSONField("字段变更", default=dict, blank=True)
    # The ticket's fields as they were, where this event changed them (`SNAPSHOT` in trail.py).
    before = models.JSONField("变更前字段", default=dict, blank=True)
    is_from_customer = models.BooleanField("来自客户", default=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name="操作人账号"
    )
    actor_name = models.CharField("操作人", max_length=150)
    entry = models.CharField("入口", max_length=12, choices=Entry)
    # The group that it was said in, and so knows of it.
    chat_id = models.CharField("发生在群", max_length=64, blank=True)
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "工单记录"
        ordering = ["ticket", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "sequence"], name="ticket_event_sequence")
        ]
        indexes = [
            # The operators' history of everybody, newest first.
            models.Index(fields=["-created_at", "-id"], name="ticket_event_by_time"),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id} {self.sequence} {self.get_kind_display()}"
