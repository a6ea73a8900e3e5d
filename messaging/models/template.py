"""A message with blanks: `{{name}}` in its subject and body (contract.md §2), in all its versions."""

from django.conf import settings
from django.db import models

from messaging.models.account import ChannelType


class TemplateStatus(models.TextChoices):
    ACTIVE = "active", "启用"
    INACTIVE = "inactive", "停用"


class PushMode(models.TextChoices):
    """What sets a template off: an event (a keyword, a call), its timetable, or a person."""

    REALTIME = "realtime", "实时推送"
    SCHEDULED = "scheduled", "定时推送"
    MANUAL = "manual", "手动推送"


class BodyFormat(models.TextChoices):
    TEXT = "text", "纯文本"
    MARKDOWN = "markdown", "Markdown"
    HTML = "html", "HTML"
    CARD = "card", "卡片"


class MessageTemplate(models.Model):
    """The newest version's text, and when it is sent. `version` counts the changes of its content."""

    code = models.CharField("编码", max_length=64, unique=True)
    name = models.CharField("名称", max_length=100)
    channel = models.CharField("渠道", max_length=12, choices=ChannelType)
    push_mode = models.CharField(
        "推送模式", max_length=10, choices=PushMode, default=PushMode.MANUAL
    )
    schedule = models.CharField(
        "定时（cron）", max_length=100, blank=True, help_text="分 时 日 月 周，例如 0 9 * * *"
    )
    timezone = models.CharField("时区", max_length=40, default="Asia/Shanghai")
    recipients = models.JSONField(
        "定时推送的接收方", default=list, blank=True, help_text='例如 ["test_group_001"]'
    )
    keywords = models.JSONField("触发关键词", default=list, blank=True)
    body_format = models.CharField(
        "正文格式", max_length=10, choices=BodyFormat, default=BodyFormat.TEXT
    )
    subject = models.CharField("标题", max_length=200, blank=True)
    body = models.TextField("正文", max_length=10_000, blank=True)
    # The channel's own: an SMS template's code, a card. Strings in it may hold `{{name}}` too.
    options = models.JSONField("渠道选项", default=dict, blank=True)
    # Identical content to one recipient within so many seconds is sent once; 0: always sent.
    dedupe_seconds = models.PositiveIntegerField("内容去重（秒）", default=0)
    status = models.CharField(
        "状态", max_length=10, choices=TemplateStatus, default=TemplateStatus.ACTIVE
    )
    version = models.PositiveIntegerField("版本", default=1)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "消息模板"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=[status.value for status in TemplateStatus]),
                name="template_status_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(push_mode="scheduled") | ~models.Q(schedule=""),
                name="template_scheduled_has_schedule",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TemplateVersion(models.Model):
    """What a template said at one version; never changed, so that a message can be read as it was."""

    template = models.ForeignKey(
        MessageTemplate, models.CASCADE, related_name="versions", verbose_name="模板"
    )
    version = models.PositiveIntegerField("版本")
    body_format = models.CharField("正文格式", max_length=10, choices=BodyFormat)
    subject = models.CharField("标题", max_length=200, blank=True)
    body = models.TextField("正文", max_length=10_000, blank=True)
    options = models.JSONField("渠道选项", default=dict, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name="修改人"
    )
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "模板版本"
        constraints = [
            models.UniqueConstraint(fields=["template", "version"], name="template_version_unique")
        ]

    def __str__(self) -> str:
        return f"{self.template_id} v{self.version}"
