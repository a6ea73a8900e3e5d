"""WeChat customer service: its accounts, and who serves whom."""

from django.db import models


class KfAccount(models.Model):
    """An account of WeChat customer service; `cursor` is where its next page begins (§4.6).

    A page's messages and the cursor behind it commit together. `wanted` is raised by each doorbell,
    `read` is how far that has been answered; whoever reads takes `lease`. Without a lease,
    `lease_until` is when the platform may be asked again.
    """

    open_kfid = models.CharField("客服账号 ID", max_length=64, unique=True)
    name = models.CharField("名称", max_length=100, blank=True)
    cursor = models.CharField(max_length=128, blank=True)
    doorbell_token = models.CharField(max_length=255, blank=True)
    doorbell_at = models.DateTimeField("最近通知", null=True, blank=True)
    wanted = models.PositiveIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)
    lease = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    # Who may serve here: `[{"userid", "is_receiving"}]`, as the platform last said.
    servicers = models.JSONField("接待人员", default=list, blank=True)
    synced_at = models.DateTimeField("最近同步", null=True, blank=True)
    error = models.CharField("错误", max_length=200, blank=True)
    is_active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "微信客服账号"

    def __str__(self) -> str:
        return self.name or self.open_kfid


class KfState(models.IntegerChoices):
    """The platform's numbers of service_state."""

    NEW = 0, "未处理"
    ASSISTANT = 1, "智能助手接待"
    QUEUE = 2, "待接入池"
    HUMAN = 3, "人工接待"
    ENDED = 4, "已结束"


class KfCustomer(models.Model):
    """Who serves a customer of a kf account, as the platform last said."""

    account = models.ForeignKey(KfAccount, models.CASCADE, related_name="customers")
    external_userid = models.CharField("外部联系人", max_length=64)
    state = models.PositiveSmallIntegerField("接待状态", choices=KfState, default=KfState.NEW)
    servicer_userid = models.CharField("接待成员", max_length=64, blank=True)
    scene = models.CharField("来源场景", max_length=64, blank=True)
    changed_at = models.DateTimeField("变更时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "微信客服客户"
        constraints = [
            models.UniqueConstraint(fields=["account", "external_userid"], name="kf_customer_once")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.pk}"
