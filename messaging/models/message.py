"""A message, and the batch it came with: the only truth about what was promised and what happened."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from customers.models import Customer
from messaging.models.account import ChannelAccount, ChannelType
from messaging.models.template import MessageTemplate

RECIPIENT_LENGTH = 500


class MessageStatus(models.TextChoices):
    """contract.md §2; what is final stays."""

    SCHEDULED = "scheduled", "定时"
    QUEUED = "queued", "排队中"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发送"
    DELIVERED = "delivered", "已送达"
    READ = "read", "已读"
    FAILED = "failed", "失败"
    UNCERTAIN = "uncertain", "结果未知"
    CANCELLED = "cancelled", "已取消"
    EXPIRED = "expired", "已过期"


FINAL = frozenset(MessageStatus) - {
    MessageStatus.SCHEDULED,
    MessageStatus.QUEUED,
    MessageStatus.SENDING,
}


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
    """Messages accepted by one call. Its state is counted from its messages, never kept beside them."""

    batch_id = models.CharField("批次号", max_length=40, unique=True)
    channel = models.CharField("渠道", max_length=12, choices=ChannelType)
    total = models.PositiveIntegerField("总数")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name="提交人"
    )
    created_at = models.DateTimeField("提交时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "消息批次"

    def __str__(self) -> str:
        return self.batch_id


class Message(models.Model):
    """One recipient's message. `payload` is the channel's rendered content, ready to send.

    A row in `sending` is somebody's until `lease_until`; results are written only by whoever holds
    `lease_token` at that `attempts` (guarantees.md 3).
    """

    message_id = models.CharField("消息编号", max_length=40, unique=True)
    trace_id = models.CharField("追踪号", max_length=40, unique=True)
    batch = models.ForeignKey(
        MessageBatch,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name="批次",
    )
    channel = models.CharField("渠道", max_length=12, choices=ChannelType)
    account = models.ForeignKey(
        ChannelAccount, models.PROTECT, null=True, blank=True, verbose_name="渠道账号"
    )
    template = models.ForeignKey(
        MessageTemplate, models.PROTECT, null=True, blank=True, verbose_name="模板"
    )
    template_version = models.PositiveIntegerField("模板版本", null=True, blank=True)
    recipient = models.CharField("接收方", max_length=RECIPIENT_LENGTH)
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, verbose_name="客户"
    )
    payload = models.JSONField("内容")
    priority = models.PositiveSmallIntegerField("优先级", default=5)
    status = models.CharField(
        "状态", max_length=10, choices=MessageStatus, default=MessageStatus.QUEUED
    )
    attempts = models.PositiveSmallIntegerField("已尝试", default=0)
    due_at = models.DateTimeField("应发时间")
    enqueued_at = models.DateTimeField("入队时间", null=True, blank=True)
    expires_at = models.DateTimeField("过期时间", null=True, blank=True)
    lease_token = models.UUIDField("持有者", null=True, blank=True)
    lease_until = models.DateTimeField("持有至", null=True, blank=True)
    dedupe_key = models.CharField("去重键", max_length=255, null=True, blank=True, unique=True)
    provider_message_id = models.CharField("平台消息号", max_length=128, blank=True)
    error_code = models.CharField("错误码", max_length=64, blank=True)
    error_detail = models.CharField("错误说明", max_length=500, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name="提交人"
    )
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    sent_at = models.DateTimeField("发送时间", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in MessageStatus]),
                name="message_status_known",
            ),
            models.CheckConstraint(condition=Q(priority__lte=10), name="message_priority_in_range"),
            models.CheckConstraint(
                condition=~Q(status=MessageStatus.SENDING)
                | Q(lease_token__isnull=False, lease_until__isnull=False),
                name="message_sending_is_leased",
            ),
        ]
        indexes = [
            # The sweep: what is due, and whose lease ran out.
            models.Index(
                fields=["due_at"],
                condition=Q(status__in=[MessageStatus.QUEUED, MessageStatus.SCHEDULED]),
                name="message_due",
            ),
            models.Index(
                fields=["lease_until"],
                condition=Q(status=MessageStatus.SENDING),
                name="message_leased",
            ),
            models.Index(fields=["batch", "status"], name="message_by_batch"),
            models.Index(fields=["recipient", "-id"], name="message_by_recipient"),
        ]

    def __str__(self) -> str:
        return self.message_id

    @property
    def queue(self) -> Queue:
        return queue_for(self.priority)
