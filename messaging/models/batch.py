"""Messages accepted by one call, and the chunks in which workers take them."""

from django.conf import settings
from django.db import models

from messaging.models.account import ChannelType
from messaging.models.template import MessageTemplate


class Queue(models.TextChoices):
    """The four RabbitMQ queues of messages, `msg.` before their names."""

    URGENT = "urgent", "紧急"
    HIGH = "high", "高"
    NORMAL = "normal", "普通"
    LOW = "low", "低"


def queue_for(priority: int) -> Queue:
    """9–10 urgent, 7–8 high, 4–6 normal, 0–3 low (contract.md §2)."""
    if priority >= 9:
        return Queue.URGENT
    if priority >= 7:
        return Queue.HIGH
    return Queue.NORMAL if priority >= 4 else Queue.LOW


class MessageBatch(models.Model):
    """Its counts are counted from its messages, and kept beside them only when those are deleted."""

    batch_id = models.CharField("批次号", max_length=40, unique=True)
    channel = models.CharField("渠道", max_length=12, choices=ChannelType)
    template = models.ForeignKey(
        MessageTemplate, models.PROTECT, null=True, blank=True, verbose_name="模板"
    )
    # What all its messages share; their own variables come on top.
    variables = models.JSONField("共用变量", default=dict, blank=True)
    total = models.PositiveIntegerField("总数")
    is_paused = models.BooleanField("已暂停", default=False)
    is_cancelled = models.BooleanField("已取消", default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name="提交人"
    )
    created_at = models.DateTimeField("提交时间", auto_now_add=True)
    # What its messages said before the first of them was deleted (messaging/retention.py).
    kept_figures = models.JSONField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "消息批次"

    def __str__(self) -> str:
        return self.batch_id


class MessageChunk(models.Model):
    """Up to 500 messages of one queue that a worker takes with one task.

    It lives until all of them have ended. It is the outbox of sending (a due chunk that is not
    published gets published), its timetable (`due_at`), and its net (published long ago and still
    here: its task was lost). So no index on the messages changes while they are sent, which keeps
    their updates inside one page (docs/architecture.md, "Sending").
    """

    queue = models.CharField(max_length=8, choices=Queue)
    message_ids = models.JSONField()
    size = models.PositiveIntegerField()
    batch = models.ForeignKey(MessageBatch, models.CASCADE, null=True, blank=True)
    # Some of them must not be sent after a certain time.
    may_expire = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    # When its task was published.
    published_at = models.DateTimeField(null=True, blank=True)
    # When a worker last showed that it has it in hand; empty while its task waits.
    begun_at = models.DateTimeField(null=True, blank=True)
    publications = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "发送分块"
        indexes = [
            # The relay, every moment: what is due and not published.
            models.Index(
                fields=["due_at"],
                condition=models.Q(published_at__isnull=True),
                name="message_chunk_due",
            ),
            # The sweep: what was published long ago.
            models.Index(fields=["published_at"], name="message_chunk_published"),
        ]

    def __str__(self) -> str:
        return f"{self.queue} × {len(self.message_ids)}"
