"""Which members of the company a customer has as friends in WeCom (`follow_user`, §4.5)."""

from django.conf import settings
from django.db import models

from customers.models.customer import Customer


class FollowerStatus(models.TextChoices):
    ACTIVE = "active", "好友"
    REMOVED_BY_CUSTOMER = "by_customer", "客户删除了成员"
    REMOVED_BY_STAFF = "by_staff", "成员删除了客户"
    TRANSFERRED = "transferred", "已转移给同事"


class Follower(models.Model):
    """One member and one customer. `wecom_user_id` stays when the member has no account here."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="followers")
    wecom_user_id = models.CharField("成员账号", max_length=64)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="followings",
        verbose_name="员工",
    )
    status = models.CharField(
        "状态", max_length=12, choices=FollowerStatus, default=FollowerStatus.ACTIVE
    )
    remark = models.CharField("备注", max_length=100, blank=True)
    description = models.CharField("描述", max_length=500, blank=True)
    add_way = models.PositiveIntegerField("添加方式", default=0)
    state = models.CharField("渠道参数", max_length=64, blank=True)
    added_at = models.DateTimeField("添加时间", null=True, blank=True)
    removed_at = models.DateTimeField("解除时间", null=True, blank=True)
    synced_at = models.DateTimeField("同步时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "好友关系"
        constraints = [
            models.UniqueConstraint(fields=["customer", "wecom_user_id"], name="follower_unique")
        ]
        indexes = [
            # A member's customers: reconciliation, and the dry run of a hand-over.
            models.Index(fields=["wecom_user_id", "status"], name="follower_by_member")
        ]

    def __str__(self) -> str:
        return f"{self.wecom_user_id} → {self.customer_id}"
