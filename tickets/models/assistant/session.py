"""Talks with the assistant, of every entry in one store (seed 000, `wechat_sessions`)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from customers.models import Customer
from tickets.models.chat import Chat
from tickets.models.ticket import Ticket


class Intent(models.TextChoices):
    """What somebody wants (design.md §6)."""

    PRESALE = "presale", "售前咨询"
    PROGRESS = "progress", "进度查询"
    FAULT = "fault", "故障报修"
    COMPLAINT = "complaint", "投诉"
    HUMAN = "human", "人工客服"
    BIND = "bind", "绑定手机"
    SMALL_TALK = "small_talk", "闲聊问候"
    OTHER = "other", "其他"


class Action(models.TextChoices):
    """What was done about it (contract.md §5); the assistant can do nothing else."""

    REPLY = "reply", "回复"
    CREATE_TICKET = "create_ticket", "创建工单"
    HANDOFF = "handoff", "转人工"
    QUERY = "query", "查询"
    BIND = "bind", "绑定"


class AssistantSession(models.Model):
    """One customer's talk at one address of one entry, until nobody has spoken for a while.

    `entry` is a chat entry's code, `address` the customer's there. `slots` is what has been learned
    and what was asked last; `misses` counts turns in a row that were not understood.
    """

    entry = models.CharField("入口", max_length=20)
    entry_account = models.CharField("入口账号", max_length=64, blank=True)
    address = models.CharField("地址", max_length=128)
    customer = models.ForeignKey(
        Customer,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="assistant_sessions",
        verbose_name="客户",
    )
    intent = models.CharField("当前意图", max_length=12, choices=Intent, blank=True)
    slots = models.JSONField("已知内容", default=dict, blank=True)
    misses = models.PositiveSmallIntegerField("连续未理解", default=0)
    turn_count = models.PositiveIntegerField("轮数", default=0)
    started_at = models.DateTimeField("开始时间")
    expires_at = models.DateTimeField("有效至", db_index=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        db_table = "wechat_sessions"
        verbose_name = verbose_name_plural = "助手会话"
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "entry_account", "address"], name="assistant_session_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.pk}"


class TurnStatus(models.TextChoices):
    # Waits for a model, or for what cannot be done inside a transaction.
    PENDING = "pending", "处理中"
    ANSWERED = "answered", "已答复"
    FAILED = "failed", "处理失败"


class AssistantTurn(models.Model):
    """What a customer said, how it was understood, what was done: one row, kept with its reasons.

    `tried` lists each strategy of the chain: name, intent, confidence, milliseconds, why it was not
    taken. `sources` are the ids of the articles that the reply rests on. `corrected_intent` is a
    colleague's word, and a label to learn from. A `PENDING` turn is answered by `due_at` at the
    latest, with what is known by then.
    """

    session = models.ForeignKey(
        AssistantSession,
        models.SET_NULL,
        null=True,
        related_name="turns",
        db_index=False,
        verbose_name="会话",
    )
    customer = models.ForeignKey(
        Customer,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="assistant_turns",
        db_index=False,
        verbose_name="客户",
    )
    entry = models.CharField("入口", max_length=20)
    external_id = models.CharField("消息 ID", max_length=128, blank=True)
    text = models.TextField("客户说")
    status = models.CharField("状态", max_length=8, choices=TurnStatus, default=TurnStatus.ANSWERED)
    intent = models.CharField("意图", max_length=12, choices=Intent, blank=True)
    confidence = models.FloatField("置信度", default=0)
    strategy = models.CharField("策略", max_length=20, blank=True)
    tried = models.JSONField("各策略结果", default=list, blank=True)
    action = models.CharField("动作", max_length=13, choices=Action, blank=True)
    reply = models.TextField("答复", blank=True)
    sources = models.JSONField("依据", default=list, blank=True)
    ticket = models.ForeignKey(
        Ticket, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="工单"
    )
    chat = models.ForeignKey(
        Chat,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="assistant_turns",
        verbose_name="会话",
    )
    model_version = models.PositiveIntegerField("模型版本", null=True, blank=True)
    shadow_version = models.PositiveIntegerField("影子模型版本", null=True, blank=True)
    shadow_intent = models.CharField("影子模型意图", max_length=12, choices=Intent, blank=True)
    shadow_confidence = models.FloatField("影子模型置信度", null=True, blank=True)
    corrected_intent = models.CharField("更正意图", max_length=12, choices=Intent, blank=True)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="更正人",
    )
    corrected_at = models.DateTimeField("更正时间", null=True, blank=True)
    due_at = models.DateTimeField("最迟答复", null=True, blank=True)
    latency_ms = models.PositiveIntegerField("耗时（毫秒）", null=True, blank=True)
    error = models.CharField("错误", max_length=200, blank=True)
    created_at = models.DateTimeField("时间", db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "助手记录"
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "external_id"],
                condition=~Q(external_id=""),
                name="assistant_turn_once",
            )
        ]
        indexes = [
            models.Index(fields=["session", "-id"], name="assistant_turn_by_session"),
            # A customer's timeline.
            models.Index(fields=["customer", "-id"], name="assistant_turn_by_customer"),
            models.Index(
                fields=["due_at"],
                condition=Q(status=TurnStatus.PENDING),
                name="assistant_turn_pending",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.pk}"
