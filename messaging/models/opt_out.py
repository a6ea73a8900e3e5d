"""Who does not want messages over a channel any more."""

from django.db import models

from messaging.models.account import ChannelType


class OptOut(models.Model):
    """By address: it holds whichever customer, batch or template a message comes from."""

    channel = models.CharField("渠道", max_length=12, choices=ChannelType)
    address = models.CharField("接收方", max_length=1000)
    reason = models.CharField("原因", max_length=200, blank=True)
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "退订"
        constraints = [
            models.UniqueConstraint(fields=["channel", "address"], name="opt_out_unique")
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"
