"""Tools of the desk: canned replies, checklists, custom fields, saved views."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from tickets.models.ticket import Ticket


class CannedReply(models.Model):
    """A reply to be used again; `owner` empty means the whole team's."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, verbose_name="所属人"
    )
    shortcut = models.CharField("快捷词", max_length=30)
    title = models.CharField("标题", max_length=100)
    body = models.TextField("内容", max_length=5000)
    is_active = models.BooleanField("启用", default=True)
    used_count = models.PositiveIntegerField("使用次数", default=0)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "话术"
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "shortcut"],
                condition=Q(owner__isnull=False),
                name="canned_reply_own_shortcut",
                violation_error_message="您已有这个快捷词的话术",
            ),
            models.UniqueConstraint(
                fields=["shortcut"],
                condition=Q(owner__isnull=True),
                name="canned_reply_team_shortcut",
                violation_error_message="团队已有这个快捷词的话术",
            ),
        ]

    def __str__(self) -> str:
        return f"/{self.shortcut} {self.title}"


class ChecklistTemplate(models.Model):
    """Steps put on each new ticket of these products; empty means every product."""

    name = models.CharField("名称", max_length=100, unique=True)
    products = models.JSONField("产品", default=list, blank=True)
    items = models.JSONField("步骤", default=list)
    is_active = models.BooleanField("启用", default=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "检查清单"

    def __str__(self) -> str:
        return self.name


class ChecklistItem(models.Model):
    """A step of one ticket."""

    ticket = models.ForeignKey(
        Ticket, models.CASCADE, related_name="checklist", verbose_name="工单"
    )
    position = models.PositiveIntegerField("顺序")
    text = models.CharField("步骤", max_length=200)
    done_at = models.DateTimeField("完成时间", null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name="完成人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "检查项"
        ordering = ["ticket", "position"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "position"], name="checklist_position_once")
        ]

    def __str__(self) -> str:
        return self.text


class CustomField(models.Model):
    """A field that this desk adds to its tickets; values lie in `Ticket.custom_fields` by `key`."""

    class Kind(models.TextChoices):
        TEXT = "text", "文本"
        NUMBER = "number", "数字"
        CHOICE = "choice", "单选"
        DATE = "date", "日期"
        FLAG = "flag", "是/否"

    key = models.CharField(
        "标识",
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(r"^[a-z][a-z0-9_]*$", "小写字母开头，只含小写字母、数字和下划线")
        ],
    )
    label = models.CharField("名称", max_length=50)
    kind = models.CharField("类型", max_length=8, choices=Kind, default=Kind.TEXT)
    options = models.JSONField("选项", default=list, blank=True)
    is_required = models.BooleanField("必填", default=False)
    is_active = models.BooleanField("启用", default=True)
    position = models.PositiveIntegerField("顺序", default=100)

    class Meta:
        verbose_name = verbose_name_plural = "自定义字段"
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.label


class SavedView(models.Model):
    """A set of filters under a name; `filters` are the list's own parameters."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="所属人"
    )
    name = models.CharField("名称", max_length=50)
    is_shared = models.BooleanField("团队共享", default=False)
    filters = models.JSONField("筛选", default=dict)
    position = models.PositiveIntegerField("顺序", default=100)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "视图"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="saved_view_name_once",
                violation_error_message="您已有同名的视图",
            )
        ]

    def __str__(self) -> str:
        return self.name
