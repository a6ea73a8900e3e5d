"""Callbacks as they came (guarantees.md 13), and what commands made of them."""

from django.conf import settings
from django.db import models


class CallbackSource(models.TextChoices):
    WECOM_APP = "wecom_app", "企业微信应用"
    AIBOT = "aibot", "智能机器人"
    OFFICIAL = "official", "公众号"
    KF = "kf", "微信客服"


class CallbackStatus(models.TextChoices):
    RECEIVED = "received", "待处理"
    DONE = "done", "已处理"
    IGNORED = "ignored", "无需处理"
    FAILED = "failed", "处理失败"


class Callback(models.Model):
    """One verified, decrypted callback. `dedupe_key` makes the platform's retries one."""

    source = models.CharField("来源", max_length=12, choices=CallbackSource)
    dedupe_key = models.CharField("去重键", max_length=128)
    # The group, or the member in a talk of two, or what an event is about: worked in its order.
    conversation = models.CharField("会话", max_length=64, blank=True)
    # The kind of event, as `change_external_chat.update`; empty for what somebody said.
    event = models.CharField("事件", max_length=64, blank=True)
    payload = models.JSONField("内容")
    status = models.CharField(
        "状态", max_length=10, choices=CallbackStatus, default=CallbackStatus.RECEIVED
    )
    attempts = models.PositiveSmallIntegerField("处理次数", default=0)
    error = models.TextField("错误", blank=True)
    reply = models.TextField("答复", blank=True)
    # What the platform was answered on the spot; its repetition of the callback is answered so again.
    passive_reply = models.TextField("被动回复", blank=True, default="", db_default="")
    received_at = models.DateTimeField("收到时间", auto_now_add=True)
    finished_at = models.DateTimeField("处理完成时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "回调记录"
        constraints = [
            models.UniqueConstraint(fields=["source", "dedupe_key"], name="callback_once")
        ]
        indexes = [
            # The sweep: what was stored and never worked.
            models.Index(
                fields=["received_at"],
                condition=models.Q(status=CallbackStatus.RECEIVED),
                name="callback_waiting",
            ),
            # What failed of late.
            models.Index(
                fields=["finished_at"],
                condition=models.Q(status=CallbackStatus.FAILED),
                name="callback_failed",
            ),
            # Whether something said earlier in the same conversation still waits.
            models.Index(
                fields=["conversation", "id"],
                condition=models.Q(status=CallbackStatus.RECEIVED),
                name="callback_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.dedupe_key}"


class CommandRecord(models.Model):
    """What one command did, so that it is done once and can be taken back.

    `conversation` is one member's in one chat; `source_id` the platform's id of the message, where
    there is one. `effects` lists each ticket with its first and last event of the command.
    """

    conversation = models.CharField("会话", max_length=160)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="员工"
    )
    source_id = models.CharField("消息 ID", max_length=160, null=True, blank=True, unique=True)
    reply = models.TextField("答复", blank=True)
    is_handled = models.BooleanField("已执行", default=True)
    ticket_id = models.PositiveBigIntegerField("工单", null=True, blank=True)
    effects = models.JSONField("影响", default=list, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "群命令记录"
        indexes = [
            # Somebody's last command in a conversation.
            models.Index(fields=["conversation", "-id"], name="command_last"),
            # What is old enough to be forgotten.
            models.Index(fields=["created_at"], name="command_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation} {self.pk}"


class PendingQuestion(models.Model):
    """A numbered choice that one member was given; each option holds the command that it completes."""

    key = models.CharField("会话", max_length=160, unique=True)
    kind = models.CharField("选择", max_length=10)
    options = models.JSONField("选项")
    expires_at = models.DateTimeField("有效至", db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "待选择的问题"

    def __str__(self) -> str:
        return f"{self.key} {self.kind}"
