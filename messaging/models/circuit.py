"""Circuits: an account whose provider refuses everything rests, and its messages wait."""

from django.db import models


class ChannelCircuit(models.Model):
    """Open until `open_until`; then one message is let through to see (half open)."""

    # `CHANNEL:account`; account 0 is the one of the environment.
    key = models.CharField("渠道与账号", max_length=40, unique=True)
    is_open = models.BooleanField("已熔断", default=False)
    open_until = models.DateTimeField("熔断至", null=True, blank=True)
    # Doubles each time the look at half open went wrong.
    open_seconds = models.PositiveIntegerField("熔断时长（秒）", default=30)
    code = models.CharField("错误码", max_length=64, blank=True)
    detail = models.CharField("原因", max_length=500, blank=True)
    opened_at = models.DateTimeField("熔断时间", null=True, blank=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "渠道熔断"

    def __str__(self) -> str:
        return f"{self.key} {'已熔断' if self.is_open else '正常'}"
