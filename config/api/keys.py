"""API keys of server-to-server clients: shown once, stored hashed, limited to scopes."""

from django.conf import settings
from django.db import models
from rest_framework_api_key.models import AbstractAPIKey


class Scope(models.TextChoices):
    MESSAGES_SEND = "messages:send", "发送消息"
    MESSAGES_READ = "messages:read", "查看消息"
    TEMPLATES_WRITE = "templates:write", "修改模板"
    CHANNELS_WRITE = "channels:write", "修改渠道账号"
    CUSTOMERS_READ = "customers:read", "查看客户"
    CUSTOMERS_WRITE = "customers:write", "修改客户"
    TICKETS_READ = "tickets:read", "查看工单"
    TICKETS_WRITE = "tickets:write", "处理工单"
    CONFIG_READ = "config:read", "查看运行时配置"
    CONFIG_WRITE = "config:write", "修改运行时配置"
    REPORTS_READ = "reports:read", "查看报表"
    METRICS_READ = "metrics:read", "读取监控指标"


class ApiKey(AbstractAPIKey):
    """A key sees everything that its scopes cover, and nothing else."""

    scopes = models.JSONField("权限范围", default=list)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name="创建人"
    )

    class Meta(AbstractAPIKey.Meta):
        verbose_name = verbose_name_plural = "API 密钥"


class ApiClient:
    """Who calls with an API key, in the place of a user."""

    is_authenticated = True
    is_anonymous = False
    is_active = True
    pk = None

    def __init__(self, key: ApiKey) -> None:
        self.key = key

    def __str__(self) -> str:
        return str(self.key.name)
