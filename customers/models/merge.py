"""Two records that may be one person, and what came of the question."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from customers.models.customer import Customer


class MergeReason(models.TextChoices):
    PHONE = "phone", "同一手机号"
    UNIONID = "unionid", "同一微信（UnionID）"
    MANUAL = "manual", "人工提出"


class MergeStatus(models.TextChoices):
    OPEN = "open", "待确认"
    MERGED = "merged", "已合并"
    DISMISSED = "dismissed", "不是同一人"


class MergeCase(models.Model):
    """`first` (the older row) and `second` may be one; what the machine may not decide a person does.

    `evidence` says in short sentences what speaks for it and what against.
    """

    first = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name="客户一")
    second = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name="客户二")
    reason = models.CharField("依据", max_length=8, choices=MergeReason)
    evidence = models.JSONField("说明", default=list, blank=True)
    status = models.CharField("状态", max_length=9, choices=MergeStatus, default=MergeStatus.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="处理人",
    )
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "疑似重复客户"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="merge_case_once"),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="merge_case_older_first"
            ),
        ]
        indexes = [
            models.Index(
                fields=["-id"], condition=Q(status=MergeStatus.OPEN), name="merge_case_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_id} = {self.second_id}?"
