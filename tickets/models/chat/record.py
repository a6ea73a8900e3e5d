"""What happened in a chat: its state changes, who got it and why, and what readers follow."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from customers.actors import Entry
from tickets.models.chat.chat import Chat
from tickets.models.chat.message import ChatMessage


class ChatEventKind(models.TextChoices):
    OPENED = "opened", "发起"
    QUEUED = "queued", "进入排队"
    ASSIGNED = "assigned", "接入"
    TRANSFERRED = "transferred", "转接"
    REQUEUED = "requeued", "退回排队"
    LISTENED = "listened", "监听"
    TAKEN_OVER = "taken_over", "接管"
    WARNED = "warned", "提醒即将结束"
    ENDED = "ended", "结束"
    REOPENED = "reopened", "重新打开"
    RATED = "rated", "评价"
    TICKETED = "ticketed", "转为工单"
    RECALLED = "recalled", "撤回消息"
    ENTRY = "entry", "更换入口"


class ChatEvent(models.Model):
    """One row for every change of a chat's state, written with the change."""

    chat = models.ForeignKey(Chat, models.CASCADE, related_name="events", verbose_name="会话")
    kind = models.CharField("类型", max_length=11, choices=ChatEventKind)
    from_value = models.CharField("变更前", max_length=200, blank=True)
    to_value = models.CharField("变更后", max_length=200, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="操作人账号",
    )
    actor_name = models.CharField("操作人", max_length=150)
    door = models.CharField("途径", max_length=12, choices=Entry)
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "会话记录"
        indexes = [
            models.Index(fields=["chat", "id"], name="chat_event_by_chat"),
            # Whose hours have to be counted again.
            models.Index(fields=["created_at"], name="chat_event_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.chat_id} {self.get_kind_display()}"


class AssignmentTrigger(models.TextChoices):
    REQUESTED = "requested", "客户请求"
    FREED = "freed", "有人空闲"
    SWEEP = "sweep", "定时检查"
    UNANSWERED = "unanswered", "超时未应答"
    OFFLINE = "offline", "客服离线"
    TRANSFER = "transfer", "转接"
    SUPERVISOR = "supervisor", "主管指派"
    REOPENED = "reopened", "重新打开"


class ChatAssignment(models.Model):
    """Who got a chat, or why nobody did: `candidates` holds each one weighed and the reason."""

    chat = models.ForeignKey(Chat, models.CASCADE, related_name="assignments", verbose_name="会话")
    trigger = models.CharField("起因", max_length=10, choices=AssignmentTrigger)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="接入客服",
    )
    taken_from = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="原客服",
    )
    reason = models.CharField("理由", max_length=500)
    candidates = models.JSONField("候选人", default=list)
    waited_seconds = models.PositiveIntegerField("等待秒数", default=0)
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "会话分配记录"
        indexes = [
            models.Index(fields=["chat", "-id"], name="chat_assignment_by_chat"),
            models.Index(fields=["created_at"], name="chat_assignment_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.chat_id} {self.reason}"


class ChatFeedEntry(models.Model):
    """Something that readers of a chat are told. `seq` is given after the commit, one at a time.

    Writers never wait for each other; whoever has been told a number is never told a lower one.
    """

    seq = models.PositiveBigIntegerField(null=True, blank=True, unique=True)
    chat = models.ForeignKey(Chat, models.CASCADE, related_name="+", db_constraint=False)
    # The frame's `type` (contract.md §7).
    kind = models.CharField(max_length=24)
    message = models.ForeignKey(
        ChatMessage, models.CASCADE, null=True, blank=True, related_name="+", db_constraint=False
    )
    # What the frame says beyond the present state.
    data = models.JSONField(default=dict, blank=True)
    # Not for the customer.
    is_internal = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "会话动态"
        indexes = [
            models.Index(fields=["id"], condition=Q(seq__isnull=True), name="chat_feed_unnumbered"),
            models.Index(fields=["chat", "seq"], name="chat_feed_by_chat"),
            models.Index(fields=["created_at"], name="chat_feed_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.chat_id} {self.kind}"
