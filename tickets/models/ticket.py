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


class SlaState(models.TextChoices):
    """How the ticket stands to its targets; what was breached stays so until the next cycle."""

    ON_TRACK = "on_track", "正常"
    AT_RISK = "at_risk", "即将超时"
    BREACHED = "breached", "已超时"


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
    # Begins at 1; each reopening begins another, with its own clocks, reminders and rating.
    cycle = models.PositiveIntegerField("处理轮次", default=1)
    # The customer's first word that no colleague has answered; more of them do not move it.
    unanswered_since = models.DateTimeField("客户等待自", null=True, blank=True)
    # The customer is to answer: the service level's clocks stand still meanwhile.
    waiting_since = models.DateTimeField("等待客户自", null=True, blank=True)
    assigned_at = models.DateTimeField("分配时间", null=True, blank=True)
    # Until when the assignee is to show a sign of life, or the ticket goes to another.
    reaction_due_at = models.DateTimeField("响应期限（负责人）", null=True, blank=True)
    sla_policy = models.ForeignKey(
        "tickets.SlaPolicy", models.SET_NULL, null=True, blank=True, verbose_name="SLA 策略"
    )
    sla_version = models.PositiveIntegerField("SLA 策略版本", null=True, blank=True)
    response_due_at = models.DateTimeField("首次响应期限", null=True, blank=True)
    sla_state = models.CharField(
        "SLA 状态", max_length=8, choices=SlaState, default=SlaState.ON_TRACK
    )
    # A person named the deadline: no policy moves it.
    deadline_named = models.BooleanField("人工指定期限", default=False, db_default=False)
    # Where the cycle's clocks began; moved on by what was waited for the customer.
    sla_started_at = models.DateTimeField("SLA 计时开始", null=True, blank=True)
    # When the next step of the ladder falls due; empty when none will.
    sla_check_at = models.DateTimeField("下次 SLA 检查", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name="已合并到",
    )
    custom_fields = models.JSONField("自定义字段", default=dict, blank=True)
    # Secure links carry this number; a higher one revokes all before.
    link_epoch = models.PositiveIntegerField("安全链接批次", default=1)
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
        permissions = [("export_ticket", "可以导出工单")]
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
            models.CheckConstraint(
                condition=Q(sla_state__in=[state.value for state in SlaState]),
                name="ticket_sla_state_known",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="ticket_not_merged_into_itself",
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
            # Reports of a span of days, and the admin's calendar above its list.
            models.Index(fields=["created_at"], name="ticket_by_creation"),
            # The minute's scan for steps of the ladder.
            models.Index(
                fields=["sla_check_at"],
                condition=Q(sla_check_at__isnull=False),
                name="ticket_by_sla_check",
            ),
            # The minute's scan for assignees who do not react.
            models.Index(
                fields=["reaction_due_at"],
                condition=Q(reaction_due_at__isnull=False),
                name="ticket_by_reaction",
            ),
            # Lists of what is breached or about to be.
            models.Index(
                fields=["sla_state", "-id"],
                condition=~Q(sla_state=SlaState.ON_TRACK),
                name="ticket_by_sla_state",
            ),
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
