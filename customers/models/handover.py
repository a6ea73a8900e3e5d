"""Handing customers over, on the job or after somebody left: one case, kept as a ledger."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from customers.models.customer import Customer
from customers.models.group import CustomerGroup


class HandoverReason(models.TextChoices):
    ON_JOB = "on_job", "在职转移"
    RESIGNED = "resigned", "离职继承"


class HandoverStatus(models.TextChoices):
    DRAFT = "draft", "预演"
    RUNNING = "running", "提交中"
    WAITING = "waiting", "等待平台结果"
    FINISHED = "finished", "已完成"


class Handover(models.Model):
    """`candidates` are staff ids in the order in which they are asked to take over."""

    from_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="handovers", verbose_name="移交人"
    )
    candidates = models.JSONField("接替人（按顺序）")
    reason = models.CharField("原因", max_length=8, choices=HandoverReason)
    message = models.CharField("给客户的话", max_length=200, blank=True)
    moves_groups = models.BooleanField("同时移交客户群", default=True)
    status = models.CharField(
        "状态", max_length=8, choices=HandoverStatus, default=HandoverStatus.DRAFT
    )
    report = models.JSONField("报告", default=dict, blank=True)
    # How far the platform's results have been read, and when to ask again.
    cursor = models.JSONField("查询进度", default=dict, blank=True)
    next_poll_at = models.DateTimeField("下次查询", null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="发起人",
    )
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "客户移交"
        indexes = [
            models.Index(
                fields=["next_poll_at"],
                condition=Q(status__in=["running", "waiting"]),
                name="handover_to_poll",
            )
        ]

    def __str__(self) -> str:
        return f"移交 {self.pk}"


class HandoverState(models.TextChoices):
    PENDING = "pending", "待提交"
    WAITING = "waiting", "等待客户（24 小时）"
    DONE = "done", "已接替"
    REFUSED = "refused", "客户拒绝"
    LIMIT = "limit", "接替人客户已满"
    FAILED = "failed", "失败"
    SKIPPED = "skipped", "未移交"


class HandoverItem(models.Model):
    """One customer or one customer group of a case."""

    handover = models.ForeignKey(Handover, models.CASCADE, related_name="items", db_index=False)
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True)
    group = models.ForeignKey(CustomerGroup, models.CASCADE, null=True, blank=True)
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="接替人",
    )
    # Which of the candidates has been asked: their place in the list.
    attempt = models.PositiveSmallIntegerField("第几位接替人", default=0)
    state = models.CharField(
        "状态", max_length=8, choices=HandoverState, default=HandoverState.PENDING
    )
    code = models.CharField("错误码", max_length=32, blank=True)
    detail = models.CharField("说明", max_length=300, blank=True)
    moved = models.JSONField("一并移交", default=dict, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "移交明细"
        constraints = [
            models.UniqueConstraint(
                fields=["handover", "customer"],
                condition=Q(customer__isnull=False),
                name="handover_item_customer",
            ),
            models.UniqueConstraint(
                fields=["handover", "group"],
                condition=Q(group__isnull=False),
                name="handover_item_group",
            ),
            models.CheckConstraint(
                condition=Q(customer__isnull=False) ^ Q(group__isnull=False),
                name="handover_item_is_one_thing",
            ),
        ]
        indexes = [models.Index(fields=["handover", "state"], name="handover_item_by_state")]

    def __str__(self) -> str:
        return f"{self.handover_id} {self.customer_id or self.group_id}"
