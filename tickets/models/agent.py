"""Staff as takers of tickets: what they know, how much they take, whether they are there."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from tickets.models.ticket import Ticket


class AgentProfile(models.Model):
    """Without one, or with `accepts_tickets` off, nothing is dispatched to that colleague."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="agent_profile", verbose_name="员工"
    )
    accepts_tickets = models.BooleanField("参与自动派单", default=False)
    max_open_tickets = models.PositiveIntegerField("同时处理上限", default=20)
    supervisor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="supervised_profiles",
        verbose_name="主管",
    )
    # Like the runtime setting `ticket.working_hours`; empty means that.
    working_hours = models.JSONField("个人工作时间", null=True, blank=True)
    # Of those who are equal otherwise, who has had nothing for longest is next.
    last_dispatched_at = models.DateTimeField("最近派单时间", null=True, blank=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "客服档案"

    def __str__(self) -> str:
        return str(self.user)


class AgentSkill(models.Model):
    """A product that a colleague can help with; 5 is best."""

    profile = models.ForeignKey(AgentProfile, models.CASCADE, related_name="skills")
    product = models.CharField("产品", max_length=100)
    level = models.PositiveSmallIntegerField(
        "熟练度（1–5）", default=3, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )

    class Meta:
        verbose_name = verbose_name_plural = "产品技能"
        constraints = [
            models.UniqueConstraint(fields=["profile", "product"], name="agent_skill_once"),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=5), name="agent_skill_level_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.level}"


class PresenceStatus(models.TextChoices):
    ONLINE = "online", "在线"
    BUSY = "busy", "忙碌"
    OFFLINE = "offline", "离线"


class AgentPresence(models.Model):
    """`status` is what they chose; it counts while a page of theirs is heard or until `holds_until`."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="presence", verbose_name="员工"
    )
    status = models.CharField(
        "状态", max_length=8, choices=PresenceStatus, default=PresenceStatus.OFFLINE
    )
    seen_at = models.DateTimeField("最近心跳", null=True, blank=True)
    holds_until = models.DateTimeField("有效至", null=True, blank=True)
    changed_at = models.DateTimeField("状态变更时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "在线状态"

    def __str__(self) -> str:
        return f"{self.user} {self.status}"


class DispatchTrigger(models.TextChoices):
    CREATED = "created", "新工单"
    UNREACTED = "unreacted", "负责人未响应"
    FREED = "freed", "有人空闲"
    REQUESTED = "requested", "手动触发"


class DispatchDecision(models.Model):
    """Who got a ticket, or why nobody did: `candidates` holds each one weighed and the reason."""

    ticket = models.ForeignKey(
        Ticket, models.CASCADE, related_name="dispatches", verbose_name="工单"
    )
    trigger = models.CharField("起因", max_length=10, choices=DispatchTrigger)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="派给",
    )
    # The ticket's cycle: what was missed before a reopening is forgotten.
    cycle = models.PositiveIntegerField("处理轮次", default=1)
    # Who had not reacted.
    taken_from = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="原负责人",
    )
    reason = models.CharField("理由", max_length=500)
    candidates = models.JSONField("候选人", default=list)
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "派单记录"
        indexes = [models.Index(fields=["ticket", "-id"], name="dispatch_by_ticket")]

    def __str__(self) -> str:
        return f"#{self.ticket_id} {self.reason}"
