"""Service levels: what was promised for which tickets, and which warnings were given."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from customers.models import Tag
from tickets.models.ticket import Ticket


class Clock(models.TextChoices):
    PLAIN = "plain", "自然时间"
    WORKING = "working", "工作时间"


class SlaTarget(models.TextChoices):
    RESPONSE = "response", "首次响应"
    RESOLUTION = "resolution", "解决"


class SlaPolicy(models.Model):
    """The first active policy by `rank` whose every given condition fits a ticket is the ticket's.

    An empty condition fits all. `ladder` is a list of `{percent, tell}`; `tell` names whom:
    `assignee`, `supervisor`, `group`.
    """

    name = models.CharField("名称", max_length=100, unique=True)
    rank = models.PositiveIntegerField("顺序", default=100, help_text="小的先匹配")
    is_active = models.BooleanField("启用", default=True)
    priorities = models.JSONField("优先级", default=list, blank=True)
    products = models.JSONField("产品", default=list, blank=True)
    tags = models.ManyToManyField(Tag, blank=True, verbose_name="客户标签")
    response_minutes = models.PositiveIntegerField("首次响应（分钟）", null=True, blank=True)
    resolution_minutes = models.PositiveIntegerField("解决（分钟）", null=True, blank=True)
    clock = models.CharField("计时方式", max_length=8, choices=Clock, default=Clock.WORKING)
    ladder = models.JSONField("预警阶梯", default=list)
    version = models.PositiveIntegerField("版本", default=1)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "SLA 策略"
        ordering = ["rank", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(response_minutes__isnull=False) | Q(resolution_minutes__isnull=False),
                name="sla_policy_promises_something",
                violation_error_message="首次响应和解决至少填一个",
            ),
            models.CheckConstraint(
                condition=Q(clock__in=[clock.value for clock in Clock]),
                name="sla_policy_clock_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SlaPolicyVersion(models.Model):
    """What a policy said, version by version."""

    policy = models.ForeignKey(SlaPolicy, models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField("版本")
    rules = models.JSONField("内容")
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name="修改人"
    )
    changed_at = models.DateTimeField("修改时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "SLA 策略版本"
        constraints = [
            models.UniqueConstraint(fields=["policy", "version"], name="sla_policy_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} v{self.version}"


class SlaStep(models.Model):
    """A step of the ladder, written before anybody is told: the unique row lets it happen once."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="sla_steps")
    cycle = models.PositiveIntegerField("处理轮次")
    target = models.CharField("目标", max_length=10, choices=SlaTarget)
    percent = models.PositiveSmallIntegerField("进度（%）")
    due_at = models.DateTimeField("应触发时间")
    policy = models.ForeignKey(SlaPolicy, models.SET_NULL, null=True, blank=True)
    policy_version = models.PositiveIntegerField("策略版本", null=True, blank=True)
    created_at = models.DateTimeField("触发时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "SLA 预警"
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "cycle", "target", "percent"], name="sla_step_once"
            )
        ]
        indexes = [models.Index(fields=["created_at"], name="sla_step_by_time")]

    def __str__(self) -> str:
        return f"#{self.ticket_id} {self.target} {self.percent}%"


class SlaApplication(models.Model):
    """A policy's present version, brought to the open tickets: how far it came and what it moved."""

    policy = models.ForeignKey(SlaPolicy, models.CASCADE, related_name="applications")
    version = models.PositiveIntegerField("版本")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name="发起人"
    )
    created_at = models.DateTimeField("发起时间", auto_now_add=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    # The last ticket looked at: whoever goes on begins behind it.
    cursor = models.BigIntegerField(default=0)
    examined = models.PositiveIntegerField("已检查", default=0)
    moved = models.PositiveIntegerField("已调整", default=0)
    become_overdue = models.PositiveIntegerField("变为超时", default=0)
    no_longer_overdue = models.PositiveIntegerField("不再超时", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "SLA 策略应用"
        indexes = [models.Index(fields=["policy", "-id"], name="sla_application_by_policy")]

    def __str__(self) -> str:
        return f"{self.policy_id} v{self.version}"
