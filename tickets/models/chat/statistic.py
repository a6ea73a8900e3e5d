"""Chats counted by the hour, so that what was need not be counted again."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

NUMBERS = (
    *("asked", "assigned", "abandoned", "unattended", "ended", "replied", "handled", "missed"),
    *("messages_in", "messages_out", "rated", "rating_sum", "rated_low"),
)
SECONDS = ("wait_seconds", "reply_seconds", "handling_seconds")


class ChatHourStatistic(models.Model):
    """What `tickets.chat.statistics.figures` defines, of one hour of the desk's time zone.

    Three kinds of rows: all chats of the hour (no entry, no agent), those of an entry, those of an
    agent. Whoever has the first kind has been counted whole; counted again, all are replaced.
    """

    hour = models.DateTimeField("小时")
    # Empty: of every entry.
    entry = models.CharField("入口", max_length=20, blank=True)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="客服",
    )
    asked = models.PositiveIntegerField("发起", default=0)
    assigned = models.PositiveIntegerField("接入", default=0)
    abandoned = models.PositiveIntegerField("放弃排队", default=0)
    unattended = models.PositiveIntegerField("无人值守", default=0)
    ended = models.PositiveIntegerField("结束", default=0)
    replied = models.PositiveIntegerField("有首次回复", default=0)
    handled = models.PositiveIntegerField("接待完成", default=0)
    missed = models.PositiveIntegerField("超时未应答", default=0)
    messages_in = models.PositiveIntegerField("客户消息", default=0)
    messages_out = models.PositiveIntegerField("客服消息", default=0)
    rated = models.PositiveIntegerField("评价", default=0)
    rating_sum = models.PositiveIntegerField("评分合计", default=0)
    rated_low = models.PositiveIntegerField("低分", default=0)
    wait_seconds = models.FloatField("等待秒数合计", default=0)
    reply_seconds = models.FloatField("首次回复秒数合计", default=0)
    handling_seconds = models.FloatField("接待秒数合计", default=0)
    # How many durations lie in which step of the scale (`tickets.chat.statistics.scale`).
    spreads: Any = models.JSONField("分布", default=dict, blank=True)
    counted_at = models.DateTimeField("统计时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "会话小时统计"
        constraints = [
            models.UniqueConstraint(
                fields=["hour", "entry"],
                condition=Q(agent__isnull=True),
                name="chat_hour_once",
            ),
            models.UniqueConstraint(
                fields=["hour", "agent"],
                condition=Q(agent__isnull=False),
                name="chat_hour_once_an_agent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H} {self.entry} {self.agent_id or ''}"


class ChatAgentHour(models.Model):
    """How busy an agent was in an hour, looked at once a minute."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="客服"
    )
    hour = models.DateTimeField("小时")
    # Minutes in which they were looked at, and of those in which they were online or busy.
    looks = models.PositiveSmallIntegerField("观察次数", default=0)
    present = models.PositiveSmallIntegerField("在岗分钟", default=0)
    load_sum = models.PositiveIntegerField("接待数合计", default=0)
    load_peak = models.PositiveIntegerField("接待数峰值", default=0)
    looked_at = models.DateTimeField("最近观察")

    class Meta:
        verbose_name = verbose_name_plural = "客服小时负载"
        constraints = [
            models.UniqueConstraint(fields=["hour", "user"], name="chat_agent_hour_once"),
        ]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H} {self.user_id}"
