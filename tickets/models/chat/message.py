"""What was said in a chat, and how far each word has come."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from tickets.models.chat.chat import Chat
from tickets.models.event import Visibility
from tickets.storage import chat_path, private_storage


class Sender(models.TextChoices):
    CUSTOMER = "customer", "客户"
    AGENT = "agent", "客服"
    # Notices that both sides read: taken over, about to end.
    SYSTEM = "system", "系统"


class ChatMessageType(models.TextChoices):
    TEXT = "text", "文本"
    IMAGE = "image", "图片"
    FILE = "file", "文件"
    # `data`: {title, description, url, ticket_id?}.
    CARD = "card", "卡片"
    # `data`: {options: [str]}; what the customer taps comes back as a text.
    QUICK_REPLIES = "quick_replies", "快捷选项"


class ChatMessageStatus(models.TextChoices):
    """contract.md §6, never backwards; `held` waits for the send budget, `failed` was refused."""

    HELD = "held", "待发送"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发送"
    DELIVERED = "delivered", "已送达"
    READ = "read", "已读"
    FAILED = "failed", "发送失败"


# A message only moves to a higher rank.
RANK = {
    ChatMessageStatus.HELD: 0,
    ChatMessageStatus.SENDING: 1,
    ChatMessageStatus.FAILED: 2,
    ChatMessageStatus.SENT: 3,
    ChatMessageStatus.DELIVERED: 4,
    ChatMessageStatus.READ: 5,
}


class ChatFile(models.Model):
    """A file that was sent in a chat, kept outside what is served."""

    chat = models.ForeignKey(Chat, models.CASCADE, related_name="files")
    file = models.FileField("文件", storage=private_storage, upload_to=chat_path, max_length=200)
    name = models.CharField("文件名", max_length=150)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveBigIntegerField("大小（字节）")
    sha256 = models.CharField("摘要", max_length=64)
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "会话文件"

    def __str__(self) -> str:
        return self.name


class ChatMessage(models.Model):
    """`number` runs 1, 2, 3 … in a chat without a gap; it is what readers resume from.

    `client_id` is the sender's own name of it: sent again, it is the same message. `external_id` is
    the platform's. An internal one (a note, a whisper) is the team's alone.
    """

    chat = models.ForeignKey(Chat, models.CASCADE, related_name="messages", verbose_name="会话")
    number = models.PositiveIntegerField("序号")
    sender = models.CharField("发送方", max_length=8, choices=Sender)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="客服",
    )
    sender_name = models.CharField("发送人", max_length=150, blank=True)
    type = models.CharField(
        "类型", max_length=13, choices=ChatMessageType, default=ChatMessageType.TEXT
    )
    visibility = models.CharField(
        "可见范围", max_length=8, choices=Visibility, default=Visibility.PUBLIC
    )
    content = models.TextField("内容", blank=True)
    data = models.JSONField("附加内容", default=dict, blank=True)
    file = models.ForeignKey(
        ChatFile, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="文件"
    )
    entry = models.CharField("入口", max_length=20, default="web")
    client_id = models.CharField("客户端编号", max_length=64, blank=True)
    external_id = models.CharField("平台消息号", max_length=128, blank=True)
    status = models.CharField(
        "状态",
        max_length=9,
        choices=ChatMessageStatus,
        default=ChatMessageStatus.SENDING,
    )
    # The message of `messaging` that carries it, where it leaves through a platform.
    carrier = models.ForeignKey(
        "messaging.Message",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        verbose_name="发送记录",
    )
    error = models.CharField("失败原因", max_length=200, blank=True)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    delivered_at = models.DateTimeField("送达时间", null=True, blank=True)
    read_at = models.DateTimeField("已读时间", null=True, blank=True)
    recalled_at = models.DateTimeField("撤回时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "会话消息"
        ordering = ["chat", "number"]
        constraints = [
            models.UniqueConstraint(fields=["chat", "number"], name="chat_message_number"),
            models.UniqueConstraint(
                fields=["chat", "sender", "client_id"],
                condition=~Q(client_id=""),
                name="chat_message_client_id",
            ),
            models.UniqueConstraint(
                fields=["entry", "external_id"],
                condition=~Q(external_id=""),
                name="chat_message_external_id",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[one.value for one in ChatMessageStatus]),
                name="chat_message_status_known",
            ),
        ]
        indexes = [
            # What is still on its way through a platform, or held for the budget.
            models.Index(
                fields=["chat", "number"],
                condition=Q(status__in=["held", "sending"]),
                name="chat_message_open",
            ),
            # An hour's messages (`tickets.chat.statistics.counting`).
            models.Index(fields=["created_at"], name="chat_message_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.chat_id}·{self.number}"
