"""Through whose account a channel sends: a group robot, an app, a mailbox."""

from django.db import models
from django.db.models import Q

from config.encryption import EncryptedJSONField, mask


class ChannelType(models.TextChoices):
    """The eight channels of contract.md §2, and WeChat customer service."""

    GROUP_BOT = "GROUP_BOT", "群机器人"
    AI = "AI", "智能机器人"
    WORK_WECHAT = "WORK_WECHAT", "企业微信应用"
    WECHAT = "WECHAT", "公众号"
    SMS = "SMS", "短信"
    EMAIL = "EMAIL", "邮件"
    APP = "APP", "App 推送"
    FEISHU = "FEISHU", "飞书"
    KF = "KF", "微信客服"


class ChannelAccount(models.Model):
    """One robot or app. Its channel's form says which `settings` and `secrets` there are.

    A group robot: `settings["group_id"]` names its group, `secrets["webhook_url"]` is its address.
    """

    channel = models.CharField("渠道", max_length=12, choices=ChannelType)
    code = models.CharField("编号", max_length=64)
    name = models.CharField("名称", max_length=100)
    settings = models.JSONField("设置", default=dict, blank=True)
    secrets = EncryptedJSONField("密钥", default=dict, blank=True)
    is_active = models.BooleanField("启用", default=True)
    is_default = models.BooleanField("默认账号", default=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "渠道账号"
        constraints = [
            models.UniqueConstraint(fields=["channel", "code"], name="channel_account_code_unique"),
            models.UniqueConstraint(
                fields=["channel"], condition=Q(is_default=True), name="channel_account_one_default"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} · {self.name}"

    @property
    def masked_secrets(self) -> dict[str, str]:
        """How secrets are read back: `••••` and the last four characters."""
        return {name: mask(value) for name, value in self.secrets.items()}
