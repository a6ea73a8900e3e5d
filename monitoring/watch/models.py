"""Something is wrong with the system itself: opened once, told once, closed when it is over."""

from django.db import models
from django.db.models import Q


class Severity(models.TextChoices):
    CRITICAL = "critical", "严重"
    WARNING = "warning", "警告"


class Incident(models.Model):
    """`rule` saw it (monitoring.watch.rules), `subject` is which part, queue or channel it is about.

    `claimed_at` is when a process set out to tell of it: without a result within a minute another
    one does. `recovery_told_at` stays empty for what nobody was ever told of.
    """

    rule = models.CharField("规则", max_length=32)
    subject = models.CharField("对象", max_length=64, blank=True)
    severity = models.CharField("级别", max_length=8, choices=Severity, default=Severity.CRITICAL)
    summary = models.CharField("说明", max_length=300)
    details = models.JSONField("数据", default=dict, blank=True)
    opened_at = models.DateTimeField("发生时间")
    last_seen_at = models.DateTimeField("最近一次观察到")
    closed_at = models.DateTimeField("恢复时间", null=True, blank=True)
    claimed_at = models.DateTimeField("开始告警", null=True, blank=True)
    alerted_at = models.DateTimeField("最近告警", null=True, blank=True)
    alerts = models.PositiveIntegerField("告警次数", default=0)
    alerted_by = models.CharField("告警方式", max_length=32, blank=True)
    recovery_told_at = models.DateTimeField("已通知恢复", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "系统告警"
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "subject"],
                condition=Q(closed_at__isnull=True),
                name="incident_open_once",
            )
        ]
        indexes = [
            # The list, newest first.
            models.Index(fields=["-opened_at", "-id"], name="incident_by_time"),
            # Whose recovery has still to be told.
            models.Index(
                fields=["closed_at"],
                condition=Q(closed_at__isnull=False, recovery_told_at__isnull=True),
                name="incident_recovered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.subject}".strip()

    @property
    def is_open(self) -> bool:
        return self.closed_at is None
