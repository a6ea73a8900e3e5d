"""A conversation between a customer and the company, whichever entry it comes through."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from customers.models import Customer
from tickets.models.chat.agent import ChatGroup
from tickets.models.ticket import Ticket


class ChatStatus(models.TextChoices):
    QUEUED = "queued", "排队中"
    ACTIVE = "active", "进行中"
    ENDED = "ended", "已结束"


OPEN_CHATS = (ChatStatus.QUEUED, ChatStatus.ACTIVE)


class EndedBy(models.TextChoices):
    CUSTOMER = "customer", "客户"
    AGENT = "agent", "客服"
    # Nobody wrote for too long.
    IDLE = "idle", "无人说话"
    # The customer left the queue, or nobody was on and it became a ticket.
    ABANDONED = "abandoned", "放弃排队"
    UNATTENDED = "unattended", "无人值守"
    SYSTEM = "system", "系统"
    # Given back: their next words are the assistant's, however soon they come.
    ASSISTANT = "assistant", "交回助手"


class Chat(models.Model):
    """One open chat a customer; messages of every entry land in it.

    `entry` is the one the customer last wrote through, and so where answers go; `address` is who
    they are there (an openid, a WeCom user id; empty on the web). `agent` stays after the end: who
    had it last. `waiting_since` is the first message that nobody has answered yet; more messages
    do not move it. `check_at` is when something becomes due next (`tickets.chat.clock`).
    """

    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="chats", verbose_name="客户"
    )
    entry = models.CharField("入口", max_length=20, default="web")
    address = models.CharField("入口地址", max_length=128, blank=True)
    # Of several accounts of one entry (kf): which.
    entry_account = models.CharField("入口账号", max_length=64, blank=True)
    status = models.CharField("状态", max_length=8, choices=ChatStatus, default=ChatStatus.QUEUED)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="chats",
        verbose_name="客服",
    )
    # Whose turn it is, where the chat was handed to a group.
    group = models.ForeignKey(
        ChatGroup, models.SET_NULL, null=True, blank=True, verbose_name="客服组"
    )
    # Higher first; within one priority by `queued_at`, which a hand-back keeps.
    priority = models.PositiveSmallIntegerField("排队优先级", default=0)
    queued_at = models.DateTimeField("排队时间")
    assigned_at = models.DateTimeField("接入时间", null=True, blank=True)
    first_assigned_at = models.DateTimeField("首次接入时间", null=True, blank=True)
    first_replied_at = models.DateTimeField("首次回复时间", null=True, blank=True)
    waiting_since = models.DateTimeField("客户等待自", null=True, blank=True)
    last_customer_at = models.DateTimeField("客户最近发言", null=True, blank=True)
    last_message_at = models.DateTimeField("最近发言", null=True, blank=True)
    idle_warned_at = models.DateTimeField("无人说话提醒于", null=True, blank=True)
    # Until when the present agent has to answer; None: no such deadline now.
    reply_due_at = models.DateTimeField("应答期限", null=True, blank=True)
    check_at = models.DateTimeField("下次检查", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ended_by = models.CharField("结束方", max_length=10, choices=EndedBy, blank=True)
    end_reason = models.CharField("结束原因", max_length=200, blank=True)
    # Messages run 1, 2, 3 … in a chat.
    last_number = models.PositiveIntegerField("最后一条序号", default=0)
    customer_read_number = models.PositiveIntegerField("客户读到", default=0)
    agent_read_number = models.PositiveIntegerField("客服读到", default=0)
    # Of the other side's own words, without notices, notes and what was recalled.
    unread_by_customer = models.PositiveIntegerField("客户未读", default=0)
    unread_by_agent = models.PositiveIntegerField("客服未读", default=0)
    # The send budget (`tickets.chat.budget`): until when, and how many more; None: no limit.
    window_ends_at = models.DateTimeField("可发送至", null=True, blank=True)
    sends_left = models.PositiveSmallIntegerField("剩余条数", null=True, blank=True)
    rating_score = models.PositiveSmallIntegerField("评分", null=True, blank=True)
    rating_comment = models.CharField("评价", max_length=500, blank=True)
    rated_at = models.DateTimeField("评价时间", null=True, blank=True)
    ticket = models.ForeignKey(
        Ticket,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="chats",
        verbose_name="转为工单",
    )
    version = models.PositiveIntegerField("版本", default=0)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "会话"
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(status__in=["queued", "active"]),
                name="chat_one_open_per_customer",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["queued", "active", "ended"]), name="chat_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status="queued") | Q(agent__isnull=True),
                name="chat_queued_has_no_agent",
            ),
            models.CheckConstraint(
                condition=~Q(status="ended") | Q(ended_at__isnull=False),
                name="chat_ended_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(rating_score__isnull=True) | Q(rating_score__range=(1, 5)),
                name="chat_rating_in_range",
            ),
        ]
        indexes = [
            # The queue in its order.
            models.Index(
                fields=["-priority", "queued_at", "id"],
                condition=Q(status="queued"),
                name="chat_queue",
            ),
            models.Index(
                fields=["agent", "-last_message_at"],
                condition=Q(status="active"),
                name="chat_active_by_agent",
            ),
            models.Index(fields=["agent", "-id"], name="chat_by_agent"),
            models.Index(fields=["customer", "-id"], name="chat_by_customer"),
            models.Index(
                fields=["check_at"], condition=Q(check_at__isnull=False), name="chat_by_check"
            ),
            models.Index(fields=["created_at"], name="chat_by_time"),
        ]

    def __str__(self) -> str:
        return f"会话 {self.pk} {self.get_status_display()}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_CHATS
