"""What happened to a customer: the history that the timeline shows."""

from django.conf import settings
from django.db import models

from customers.models.customer import Customer


class CustomerEventKind(models.TextChoices):
    CREATED = "created", "创建"
    UPDATED = "updated", "资料修改"
    DELETED = "deleted", "删除"
    RESTORED = "restored", "恢复"
    TAGGED = "tagged", "打标签"
    UNTAGGED = "untagged", "移除标签"
    ASSIGNED = "assigned", "分配"
    TRANSFERRED = "transferred", "转移"
    BLOCKED = "blocked", "拉黑"
    UNBLOCKED = "unblocked", "解除拉黑"
    FOLLOWER_ADDED = "follower_added", "添加成员"
    FOLLOWER_LOST = "follower_lost", "解除好友"
    LOST = "lost", "流失"
    RECOVERED = "recovered", "挽回"
    RISK = "risk", "风险预警"
    PROJECT = "project", "项目"
    ERASED = "erased", "个人信息删除"
    MERGED = "merged", "合并"
    BOUND = "bound", "绑定手机"
    FOLLOWED = "followed", "关注公众号"
    UNFOLLOWED = "unfollowed", "取消关注"
    SCANNED = "scanned", "扫描二维码"


class CustomerEvent(models.Model):
    """Written in the transaction of the change. `changes` maps a field to `[old, new]`."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="events", db_index=False)
    kind = models.CharField("类型", max_length=16, choices=CustomerEventKind)
    content = models.CharField("内容", max_length=500, blank=True)
    changes = models.JSONField("变更", default=dict, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        verbose_name="操作人账号",
    )
    actor_name = models.CharField("操作人", max_length=150)
    entry = models.CharField("入口", max_length=12)
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "客户动态"
        indexes = [
            # A customer's timeline, newest first.
            models.Index(fields=["customer", "-id"], name="customer_event_by_customer"),
            # What happened on a day: losses and recoveries in the statistics.
            models.Index(fields=["kind", "created_at"], name="customer_event_by_kind"),
            # The operators' history of everybody, newest first.
            models.Index(fields=["-created_at", "-id"], name="customer_event_by_time"),
            models.Index(
                fields=["actor", "-created_at"],
                condition=models.Q(actor__isnull=False),
                name="customer_event_by_actor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.kind}"


class CustomerActivity(models.Model):
    """How often a customer acted on one day: frequency, falling activity, active customers."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="activity", db_index=False)
    date = models.DateField("日期")
    count = models.PositiveIntegerField("次数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "客户活跃"
        constraints = [
            models.UniqueConstraint(fields=["customer", "date"], name="customer_activity_day")
        ]
        indexes = [models.Index(fields=["date"], name="customer_activity_by_date")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.date}"
