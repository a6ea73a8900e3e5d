"""Callbacks as they came: stored before they are answered (guarantees.md 13)."""

from django.db import models


class CallbackSource(models.TextChoices):
    WECOM_APP = "wecom_app", "企业微信应用"
    AIBOT = "aibot", "智能机器人"


class CallbackStatus(models.TextChoices):
    RECEIVED = "received", "待处理"
    DONE = "done", "已处理"
    IGNORED = "ignored", "无需处理"
    FAILED = "failed", "处理失败"


class Callback(models.Model):
    """One verified, decrypted callback. `dedupe_key` makes the platform's retries one."""

    source = models.CharField("来源", max_length=12, choices=CallbackSource)
    dedupe_key = models.CharField("去重键", max_length=128)
    # The group, or the member in a talk of two: what is said there is worked in its order.
    conversation = models.CharField("会话", max_length=64, blank=True)
    payload = models.JSONField("内容")
    status = models.CharField(
        "状态", max_length=10, choices=CallbackStatus, default=CallbackStatus.RECEIVED
    )
    attempts = models.PositiveSmallIntegerField("处理次数", default=0)
    error = models.TextField("错误", blank=True)
    reply = models.TextField("答复", blank=True)
    received_at = models.DateTimeField("收到时间", auto_now_add=True)
    finished_at = models.DateTimeField("处理完成时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "回调记录"
        constraints = [
            models.UniqueConstraint(fields=["source", "dedupe_key"], name="callback_once")
        ]
        indexes = [
            # The sweep: what was stored and never worked.
            models.Index(
                fields=["received_at"],
                condition=models.Q(status=CallbackStatus.RECEIVED),
                name="callback_waiting",
            ),
            # Whether something said earlier in the same conversation still waits.
            models.Index(
                fields=["conversation", "id"],
                condition=models.Q(status=CallbackStatus.RECEIVED),
                name="callback_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.dedupe_key}"
