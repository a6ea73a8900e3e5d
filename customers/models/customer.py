"""A customer of the company, whichever entry they came through (seeds 000 and 003)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers import phones


class CustomerStatus(models.IntegerChoices):
    """The numbers of seed 003."""

    DELETED = 0, "已删除"
    NORMAL = 1, "正常"
    LOST = 2, "已流失"


class RiskLevel(models.TextChoices):
    NONE = "none", "无"
    LOW = "low", "低"
    MEDIUM = "medium", "中"
    HIGH = "high", "高"


class CustomerChannel(models.TextChoices):
    """Where a customer first came from."""

    STAFF = "staff", "员工录入"
    WECOM = "wecom", "企业微信"
    OFFICIAL_ACCOUNT = "official_account", "公众号"
    KF = "kf", "微信客服"
    WEBSITE = "website", "网站"
    IMPORT = "import", "导入"


class Gender(models.IntegerChoices):
    UNKNOWN = 0, "未知"
    MALE = 1, "男"
    FEMALE = 2, "女"


class Customer(models.Model):
    """One person; `phone` is E.164, and with `name` names one customer.

    `remark` and `description` are what the follow-up owner wrote (pushed to WeCom). The activity and
    risk columns are kept by their actions, so that lists and segments filter on them by index.
    """

    class Kind(models.IntegerChoices):
        WECHAT = 1, "微信用户"
        WECOM = 2, "企业微信用户"

    corp_id = models.CharField("企业 ID", max_length=64, blank=True)
    external_userid = models.CharField("外部联系人 ID", max_length=64, null=True, blank=True)
    unionid = models.CharField("UnionID", max_length=64, blank=True)
    name = models.CharField("姓名", max_length=100)
    phone = models.CharField("手机", max_length=16, blank=True)
    company = models.CharField("公司", max_length=200, blank=True)
    avatar = models.URLField("头像", max_length=500, blank=True)
    type = models.PositiveSmallIntegerField("类型", choices=Kind, default=Kind.WECHAT)
    gender = models.PositiveSmallIntegerField("性别", choices=Gender, default=Gender.UNKNOWN)
    province = models.CharField("省", max_length=50, blank=True)
    city = models.CharField("市", max_length=50, blank=True)
    remark = models.CharField("备注", max_length=100, blank=True)
    description = models.CharField("描述", max_length=500, blank=True)
    attributes = models.JSONField("自定义属性", default=dict, blank=True)
    channel = models.CharField(
        "来源", max_length=20, choices=CustomerChannel, default=CustomerChannel.STAFF
    )
    status = models.PositiveSmallIntegerField(
        "状态", choices=CustomerStatus, default=CustomerStatus.NORMAL
    )
    follow_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="followed_customers",
        verbose_name="跟进人",
    )
    add_time = models.DateTimeField("添加时间", default=timezone.now)
    tags = models.ManyToManyField(
        "customers.Tag", through="customers.CustomerTag", related_name="customers", blank=True
    )
    # When the customer last wrote, reported or otherwise acted; when staff last turned to them.
    last_active_at = models.DateTimeField("最近活跃", null=True, blank=True)
    last_contact_at = models.DateTimeField("最近联系", null=True, blank=True)
    lost_at = models.DateTimeField("流失时间", null=True, blank=True)
    blocked_at = models.DateTimeField("拉黑时间", null=True, blank=True)
    block_reason = models.CharField("拉黑原因", max_length=200, blank=True)
    risk_score = models.PositiveSmallIntegerField("风险分", default=0)
    risk_level = models.CharField(
        "风险等级", max_length=6, choices=RiskLevel, default=RiskLevel.NONE
    )
    # Somebody we knew twice: this row is gone, everything it had is the other's.
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="已并入"
    )
    # Personal data removed on request (PIPL); such a row keeps only what statistics need.
    erased_at = models.DateTimeField("个人信息删除时间", null=True, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "客户"
        permissions = [
            ("view_phone", "查看完整手机号"),
            ("reveal_phone", "逐个显示手机号（留下记录）"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["phone", "name"],
                condition=~Q(phone="") & ~Q(status=CustomerStatus.DELETED),
                name="customer_phone_name_unique",
            ),
            models.UniqueConstraint(
                fields=["corp_id", "external_userid"],
                condition=Q(external_userid__isnull=False),
                name="customer_external_userid_unique",
            ),
            models.CheckConstraint(
                condition=Q(phone="") | Q(phone__startswith="+"), name="customer_phone_is_e164"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="customer_has_a_name"),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in CustomerStatus]),
                name="customer_status_known",
            ),
            models.CheckConstraint(
                condition=Q(risk_score__lte=100), name="customer_risk_is_percent"
            ),
        ]
        indexes = [
            # Group commands look people up by name: `/查询工单 客户张三`.
            models.Index(fields=["name"], name="customer_by_name"),
            models.Index(fields=["follow_user", "-id"], name="customer_by_owner"),
            # The list's filters (seed 003: idx_channel, idx_status), newest first.
            models.Index(fields=["channel", "-id"], name="customer_by_channel"),
            models.Index(fields=["status", "-id"], name="customer_by_status"),
            # Growth by day, and the nightly statistics.
            models.Index(fields=["created_at"], name="customer_by_creation"),
            # Who has been silent, and who was active on a day.
            models.Index(fields=["last_active_at"], name="customer_by_activity"),
            models.Index(fields=["unionid"], condition=~Q(unionid=""), name="customer_by_unionid"),
            # Callbacks and sync know the external id, whichever corporation it is of.
            models.Index(
                fields=["external_userid"],
                condition=Q(external_userid__isnull=False),
                name="customer_by_external_id",
            ),
            models.Index(
                fields=["-risk_score", "-id"],
                condition=Q(risk_score__gt=0),
                name="customer_at_risk",
            ),
            models.Index(
                fields=["-blocked_at"],
                condition=Q(blocked_at__isnull=False),
                name="customer_blocked",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_blocked(self) -> bool:
        return self.blocked_at is not None

    @property
    def phone_display(self) -> str:
        return phones.display(self.phone)
