"""Attempts that did not end well; a good one is told by the message's own row."""

from django.db import models

from messaging.models.message import Message


class MessageAttempt(models.Model):
    """What the provider said, or did not say, at one attempt."""

    message = models.ForeignKey(
        Message, models.CASCADE, related_name="failed_attempts", verbose_name="消息"
    )
    number = models.PositiveSmallIntegerField("第几次")
    outcome = models.CharField("结果", max_length=12)
    code = models.CharField("错误码", max_length=64, blank=True)
    detail = models.TextField("说明", blank=True)
    duration_ms = models.PositiveIntegerField("耗时（毫秒）")
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "未成功的尝试"
        ordering = ["message", "id"]

    def __str__(self) -> str:
        return f"{self.message_id} 第 {self.number} 次：{self.outcome}"
