"""Warnings that a customer may be lost, and whether they proved right (seed 003, 风险预警)."""

from django.db import models
from django.db.models import Q

from customers.models.customer import Customer, RiskLevel


class WarningOutcome(models.TextChoices):
    OPEN = "open", "观察中"
    HIT = "hit", "已流失（预警命中）"
    SAVED = "saved", "已挽回"
    MISSED = "missed", "未流失（误报）"


class RiskWarning(models.Model):
    """`reasons`: `[{"code", "points", "evidence", "at"}]`, one entry for each part of the score."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="risk_warnings")
    score = models.PositiveSmallIntegerField("风险分")
    level = models.CharField("等级", max_length=6, choices=RiskLevel)
    reasons = models.JSONField("依据")
    outcome = models.CharField(
        "结果", max_length=6, choices=WarningOutcome, default=WarningOutcome.OPEN
    )
    follow_up_task = models.ForeignKey(
        "customers.FollowUpTask", models.SET_NULL, null=True, blank=True
    )
    alerted_at = models.DateTimeField("提醒时间", null=True, blank=True)
    raised_at = models.DateTimeField("预警时间", auto_now_add=True)
    settled_at = models.DateTimeField("结论时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "风险预警"
        constraints = [
            # One open warning a customer: a higher score changes it instead of adding another.
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(outcome=WarningOutcome.OPEN),
                name="risk_warning_open_once",
            )
        ]
        indexes = [models.Index(fields=["outcome", "-raised_at"], name="risk_warning_by_outcome")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.score}"
