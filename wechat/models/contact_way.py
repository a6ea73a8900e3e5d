"""How customers come to members: QR codes, and the greeting."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Rotation(models.TextChoices):
    """Whom the next customer of a contact way gets."""

    ALL = "all", "由企业微信在全部成员中分配"
    TURNS = "turns", "轮流"
    LEAST = "least", "今日新增最少者"


class ContactWay(models.Model):
    """渠道活码: a QR code by which customers add members (externalcontact/add_contact_way, §4.5).

    `state` comes back with the customer. With a rotation the code names one member at a time
    (`current`), changed after each customer and when that member has had `daily_limit` of today.
    """

    name = models.CharField("名称", max_length=100)
    state = models.CharField("渠道参数", max_length=30, unique=True)
    config_id = models.CharField(max_length=64, blank=True)
    qr_code = models.CharField("二维码", max_length=500, blank=True)
    staff = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", verbose_name="接待成员"
    )
    rotation = models.CharField("分配方式", max_length=5, choices=Rotation, default=Rotation.ALL)
    daily_limit = models.PositiveIntegerField("每人每日上限", default=0)
    current = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="当前成员",
    )
    tags = models.ManyToManyField(
        "customers.Tag", blank=True, related_name="+", verbose_name="标签"
    )
    welcome_text = models.CharField("欢迎语", max_length=1300, blank=True)
    remark = models.CharField("备注", max_length=30, blank=True)
    skip_verify = models.BooleanField("无需验证", default=True)
    added_count = models.PositiveIntegerField("添加人数", default=0)
    error = models.CharField("错误", max_length=200, blank=True)
    is_active = models.BooleanField("启用", default=True)
    # Raised by whoever wants the platform's copy changed; `pushed_version` is what stands there.
    version = models.PositiveIntegerField(default=1)
    pushed_version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "渠道活码"

    def __str__(self) -> str:
        return self.name


class WelcomeStatus(models.TextChoices):
    PENDING = "pending", "待发送"
    SENT = "sent", "已发送"
    LATE = "late", "已超时"
    SKIPPED = "skipped", "无需发送"
    FAILED = "failed", "失败"


class Welcome(models.Model):
    """The greeting of a new contact (send_welcome_msg) or of a kf session: once, within 20 s."""

    code = models.CharField(max_length=255, unique=True)
    kind = models.CharField("场合", max_length=10)
    external_userid = models.CharField("外部联系人", max_length=64)
    user_id = models.CharField("成员", max_length=64, blank=True)
    state = models.CharField("渠道参数", max_length=64, blank=True)
    status = models.CharField(
        "状态", max_length=8, choices=WelcomeStatus, default=WelcomeStatus.PENDING
    )
    text = models.TextField("内容", blank=True)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    error = models.CharField("错误", max_length=200, blank=True)
    expires_at = models.DateTimeField("最迟")
    # When the next attempt is started; once started, when that one counts as lost.
    due_at = models.DateTimeField("下次尝试", default=timezone.now)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    sent_at = models.DateTimeField("发送时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "欢迎语记录"
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(status=WelcomeStatus.PENDING),
                name="welcome_due",
            ),
            # What is old enough to be forgotten, and a page of the latest.
            models.Index(fields=["created_at"], name="welcome_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
