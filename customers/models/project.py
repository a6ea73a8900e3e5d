"""Projects: presale → insale → aftersale, one table for all three (seed 000)."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.models.customer import Customer


class Stage(models.TextChoices):
    PRESALE = "presale", "售前"
    INSALE = "insale", "售中"
    AFTERSALE = "aftersale", "售后"


class ProjectStatus(models.TextChoices):
    """`lost` ends a project before it was sold, `closed` after."""

    OPEN = "open", "进行中"
    LOST = "lost", "已丢单"
    CLOSED = "closed", "已结束"


class Project(models.Model):
    """`amount` in yuan; `won_at` is when it was sold, the step from presale to insale."""

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="projects", db_index=False, verbose_name="客户"
    )
    name = models.CharField("名称", max_length=200)
    stage = models.CharField("阶段", max_length=9, choices=Stage, default=Stage.PRESALE)
    status = models.CharField(
        "状态", max_length=6, choices=ProjectStatus, default=ProjectStatus.OPEN
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="owned_projects",
        verbose_name="负责人",
    )
    engineer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="engineered_projects",
        verbose_name="工程师",
    )
    progress = models.PositiveSmallIntegerField(
        "进度（%）", default=0, validators=[MaxValueValidator(100)]
    )
    amount = models.DecimalField("金额（元）", max_digits=14, decimal_places=2, default=Decimal(0))
    products = models.JSONField("产品", default=list, blank=True)
    # The first product by itself: the sales report groups by it.
    product = models.CharField("主要产品", max_length=100, blank=True)
    description = models.TextField("说明", blank=True)
    expected_at = models.DateField("预计成交", null=True, blank=True)
    won_at = models.DateTimeField("成交时间", null=True, blank=True)
    delivered_at = models.DateTimeField("交付时间", null=True, blank=True)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    lost_reason = models.CharField("丢单原因", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="created_projects",
        verbose_name="创建人",
    )
    created_at = models.DateTimeField("创建时间", default=timezone.now)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "项目"
        constraints = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="project_progress_percent"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="project_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(stage__in=[stage.value for stage in Stage]), name="project_stage_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in ProjectStatus]),
                name="project_status_known",
            ),
            models.CheckConstraint(
                condition=Q(stage=Stage.PRESALE) | Q(won_at__isnull=False),
                name="project_sold_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="project_by_customer"),
            models.Index(fields=["stage", "status", "-id"], name="project_by_stage"),
            # The sales report: what was opened and what was sold in a span.
            models.Index(fields=["created_at"], name="project_by_creation"),
            models.Index(
                fields=["won_at"], condition=Q(won_at__isnull=False), name="project_by_sale"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProjectEvent(models.Model):
    """One row for every change of a project; `sequence` is the version it led to."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="events", db_index=False)
    sequence = models.PositiveIntegerField("序号")
    kind = models.CharField("类型", max_length=16)
    content = models.TextField("内容", blank=True)
    changes = models.JSONField("变更", default=dict, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name="操作人账号"
    )
    actor_name = models.CharField("操作人", max_length=150)
    entry = models.CharField("入口", max_length=12)
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "项目记录"
        constraints = [
            models.UniqueConstraint(fields=["project", "sequence"], name="project_event_sequence")
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.sequence}"
