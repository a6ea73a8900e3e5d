"""Daily figures, written from the messages themselves (guarantees.md 14)."""

from django.db import models

from messaging.models.account import ChannelType


class DailyStatistic(models.Model):
    """Of the messages created on `date` (Asia/Shanghai): how many are in each state by now."""

    date = models.DateField("日期")
    channel = models.CharField("渠道", max_length=12, choices=ChannelType)
    template_id = models.BigIntegerField("模板", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    sent = models.PositiveIntegerField("已发送", default=0)
    delivered = models.PositiveIntegerField("已送达", default=0)
    # Of those delivered.
    read = models.PositiveIntegerField("已读", default=0, db_default=0)
    failed = models.PositiveIntegerField("失败", default=0)
    cancelled = models.PositiveIntegerField("已取消", default=0)
    # Milliseconds that the provider took: their sum, and how many fell into each bucket.
    duration_sum_ms = models.BigIntegerField(default=0)
    durations = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "每日统计"
        constraints = [
            models.UniqueConstraint(
                fields=["date", "channel", "template_id"], name="daily_statistic_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.channel}"
