"""A ticket that is being asked together, message by message."""

from django.conf import settings
from django.db import models

from customers.actors import Entry
from customers.models import Customer


class TicketDraft(models.Model):
    """`key` is whose conversation it is; `fields` what is known, `asking` what was asked last."""

    key = models.CharField("会话", max_length=160, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True, related_name="+")
    entry = models.CharField("入口", max_length=12, choices=Entry)
    fields = models.JSONField("已知内容", default=dict)
    asking = models.CharField("正在询问", max_length=20)
    expires_at = models.DateTimeField("有效至", db_index=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "工单草稿"

    def __str__(self) -> str:
        return self.key
