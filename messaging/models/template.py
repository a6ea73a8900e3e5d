"""A message with blanks: `{{name}}` in its subject and body (contract.md §2)."""

from django.db import models

from messaging.models.account import ChannelType


class TemplateStatus(models.TextChoices):
    ACTIVE = "active", "启用"
    INACTIVE = "inactive", "停用"


class BodyFormat(models.TextChoices):
    TEXT = "text", "纯文本"
    MARKDOWN = "markdown", "Markdown"


class MessageTemplate(models.Model):
    """`version` counts the changes of subject and body."""

    code = models.CharField("编码", max_length=64, unique=True)
    name = models.CharField("名称", max_length=100)
    channel = models.CharField("渠道", max_length=12, choices=ChannelType)
    body_format = models.CharField(
        "正文格式", max_length=10, choices=BodyFormat, default=BodyFormat.TEXT
    )
    subject = models.CharField("标题", max_length=200, blank=True)
    body = models.TextField("正文", max_length=10_000)
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
            )
        ]

    def __str__(self) -> str:
        return self.name
