"""A message: the only truth about what was promised to one recipient, and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from customers.models import Customer
from messaging.models.account import ChannelAccount, ChannelType
from messaging.models.batch import MessageBatch, Queue, queue_for
from messaging.models.template import MessageTemplate

RECIPIENT_LENGTH = 1000
MESSAGE_PREFIX, TRACE_PREFIX = "MSG", "TRC"


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


WAITING = frozenset({MessageStatus.SCHEDULED, MessageStatus.QUEUED})
OPEN = WAITING | {MessageStatus.SENDING}
FINAL = frozenset(MessageStatus) - OPEN
ARRIVED = frozenset({MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.READ})


class Message(models.Model):
    """One recipient's message: `template` and `variables`, or a `payload` that is ready to send.

    A templated message gets its `payload` (the channel's rendered content) when it is sent. A row
    in `sending` is somebody's until `lease_until`; results are written only by whoever holds
    `lease_token` at that `attempts` (guarantees.md 3).
    """

    message_id = models.CharField("消息编号", max_length=40)
    # No constraint in the database where a batch would check it 10,000 times: the batch is written
    # in the same transaction, and accepting locks the template's row once.
    batch = models.ForeignKey(
        MessageBatch,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="messages",
        db_index=False,
        db_constraint=False,
        verbose_name="批次",
    )
    channel = models.CharField("渠道", max_length=12, choices=ChannelType)
    account = models.ForeignKey(
        ChannelAccount,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        verbose_name="渠道账号",
    )
    template = models.ForeignKey(
        MessageTemplate,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
        verbose_name="模板",
    )
    template_version = models.PositiveIntegerField("模板版本", null=True, blank=True)
    recipient = models.CharField("接收方", max_length=RECIPIENT_LENGTH)
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, db_index=False, verbose_name="客户"
    )
    variables = models.JSONField("变量", null=True, blank=True)
    payload = models.JSONField("内容", null=True, blank=True)
    # Channels that are tried in turn when this one fails for good.
    fallback_channels = models.JSONField("备用渠道", null=True, blank=True)
    priority = models.PositiveSmallIntegerField("优先级", default=5)
    status = models.CharField(
        "状态", max_length=10, choices=MessageStatus, default=MessageStatus.QUEUED
    )
    attempts = models.PositiveSmallIntegerField("已尝试", default=0)
    due_at = models.DateTimeField("应发时间")
    expires_at = models.DateTimeField("过期时间", null=True, blank=True)
    lease_token = models.UUIDField("持有者", null=True, blank=True)
    lease_until = models.DateTimeField("持有至", null=True, blank=True)
    dedupe_key = models.CharField("去重键", max_length=255, null=True, blank=True)
    provider_message_id = models.CharField("平台消息号", max_length=128, blank=True)
    error_code = models.CharField("错误码", max_length=64, blank=True)
    error_detail = models.CharField("错误说明", max_length=500, blank=True)
    duration_ms = models.PositiveIntegerField("平台耗时（毫秒）", null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
        verbose_name="提交人",
    )
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    sent_at = models.DateTimeField("发送时间", null=True, blank=True)
    delivered_at = models.DateTimeField("送达时间", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        constraints = [
            # Not `unique=True`: that makes a second, LIKE index on PostgreSQL.
            models.UniqueConstraint(fields=["message_id"], name="message_id_unique"),
            models.UniqueConstraint(
                fields=["dedupe_key"],
                condition=Q(dedupe_key__isnull=False),
                name="message_dedupe_unique",
            ),
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
        # None of these names a column that sending changes: such updates stay in their page, a
        # quarter of the cost (PostgreSQL calls them HOT).
        indexes = [
            models.Index(fields=["batch", "id"], name="message_by_batch"),
            models.Index(fields=["recipient", "id"], name="message_by_recipient"),
            models.Index(fields=["template", "id"], name="message_by_template"),
            # The time goes along, so a channel's messages of some days are counted in the index.
            models.Index(
                fields=["channel", "id"], include=["created_at"], name="message_by_channel"
            ),
            models.Index(fields=["created_at", "id"], name="message_by_time"),
            models.Index(
                fields=["customer", "id"],
                condition=Q(customer__isnull=False),
                name="message_by_customer",
            ),
            # What went wrong, among the many that did not.
            models.Index(fields=["id"], condition=~Q(error_code=""), name="message_in_trouble"),
            models.Index(
                fields=["id"], condition=Q(delivered_at__isnull=False), name="message_delivered"
            ),
        ]

    def __str__(self) -> str:
        return self.message_id

    @property
    def queue(self) -> Queue:
        return queue_for(self.priority)

    @property
    def trace_id(self) -> str:
        return trace_id_of(self.message_id)


def trace_id_of(message_id: str) -> str:
    """A message has one trace, and it is named after it."""
    return TRACE_PREFIX + message_id.removeprefix(MESSAGE_PREFIX)


def message_id_of(trace_id: str) -> str:
    """The message of a trace; something that no message is called for anything else."""
    number = trace_id.removeprefix(TRACE_PREFIX)
    return MESSAGE_PREFIX + number if number != trace_id else ""
