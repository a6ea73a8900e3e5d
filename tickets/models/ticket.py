"""A ticket: one problem of one customer (fields of seed 001)."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from customers.actors import Entry
from customers.models import Customer, Project
from tickets.states import OPEN, TicketStatus


class Priority(models.TextChoices):
    LOW = "low", "低"
    NORMAL = "normal", "普通"
    HIGH = "high", "高"
    URGENT = "urgent", "紧急"


class Ticket(models.Model):
    """`version` counts the changes: it is the sequence of the ticket's last event."""

    title = models.CharField("标题", max_length=200)
    description = models.TextField("问题描述")
    product = models.CharField("产品/项目", max_length=100, blank=True)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="tickets", verbose_name="客户"
    )
    project = models.ForeignKey(
        Project, models.SET_NULL, null=True, blank=True, related_name="tickets", verbose_name="项目"
    )
    status = models.CharField(
        "状态", max_length=12, choices=TicketStatus, default=TicketStatus.PENDING
    )
    priority = models.CharField("优先级", max_length=8, choices=Priority, default=Priority.NORMAL)
    progress = models.PositiveSmallIntegerField(
        "进度（%）", default=0, validators=[MaxValueValidator(100)]
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="assigned_tickets",
        verbose_name="负责人",
    )
    deadline = models.DateTimeField("处理期限")
    reminder_count = models.PositiveIntegerField("催促次数", default=0)
    last_reminder_at = models.DateTimeField("最后催促时间", null=True, blank=True)
    group_chat_id = models.CharField("所在群", max_length=64, blank=True)
    group_message_id = models.CharField("群消息 ID", max_length=200, blank=True)
    entry = models.CharField("入口", max_length=12, choices=Entry, default=Entry.API)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="created_tickets",
        verbose_name="创建人",
    )
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)
    responded_at = models.DateTimeField("首次响应时间", null=True, blank=True)
    resolved_at = models.DateTimeField("解决时间", null=True, blank=True)
    closed_at = models.DateTimeField("关闭时间", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "工单"
        constraints = [
            models.CheckConstraint(
                condition=Q(progress__gte=0, progress__lte=100), name="ticket_progress_is_percent"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in TicketStatus]),
                name="ticket_status_known",
            ),
            models.CheckConstraint(
                condition=Q(priority__in=[priority.value for priority in Priority]),
                name="ticket_priority_known",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[TicketStatus.RESOLVED, TicketStatus.CLOSED])
                | Q(resolved_at__isnull=False),
                name="ticket_resolved_has_a_time",
            ),
        ]
        indexes = [
            # A customer's history, newest first.
            models.Index(fields=["customer", "-id"], name="ticket_by_customer"),
            # "My tickets", and the visibility rule of staff.
            models.Index(fields=["assignee", "status"], name="ticket_by_assignee"),
            # Overdue ones are found by their deadline among the open ones only.
            models.Index(
                fields=["deadline"],
                condition=Q(status__in=[status.value for status in TicketStatus if status in OPEN]),
                name="ticket_open_by_deadline",
            ),
            models.Index(fields=["status", "-id"], name="ticket_by_status"),
            models.Index(
                F("group_chat_id"),
                F("id").desc(),
                condition=~Q(group_chat_id=""),
                name="ticket_by_group",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def overdue(self) -> bool:
        """Past its deadline and still open."""
        return self.is_open and self.deadline < timezone.now()

    @property
    def assigned_to(self) -> str:
        """The assignee's WeCom user id (their user name where WeCom does not know them)."""
        return (self.assignee.wecom_user_id or self.assignee.username) if self.assignee else ""

    @property
    def assigned_to_name(self) -> str:
        return self.assignee.display_name if self.assignee else ""
