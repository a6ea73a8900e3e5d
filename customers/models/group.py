"""Customer groups (客户群), their members and who came and went (§2.5, §4.5)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from customers.models.customer import Customer
from customers.models.tag import Tag


class GroupStatus(models.TextChoices):
    ACTIVE = "active", "正常"
    DISMISSED = "dismissed", "已解散"


class CustomerGroup(models.Model):
    """`member_version` is the platform's own (CurMemVer): it tells when an event was lost."""

    chat_id = models.CharField("群 ID", max_length=64, unique=True)
    name = models.CharField("群名", max_length=100, blank=True)
    notice = models.CharField("公告", max_length=1000, blank=True)
    owner_userid = models.CharField("群主账号", max_length=64, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="owned_groups",
        verbose_name="群主",
    )
    status = models.CharField("状态", max_length=9, choices=GroupStatus, default=GroupStatus.ACTIVE)
    member_count = models.PositiveIntegerField("成员数", default=0)
    member_version = models.CharField("成员版本", max_length=64, blank=True)
    tags = models.ManyToManyField(Tag, related_name="groups", blank=True, verbose_name="标签")
    group_created_at = models.DateTimeField("建群时间", null=True, blank=True)
    dismissed_at = models.DateTimeField("解散时间", null=True, blank=True)
    synced_at = models.DateTimeField("同步时间", null=True, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "客户群"
        indexes = [models.Index(fields=["owner", "-id"], name="customer_group_by_owner")]

    def __str__(self) -> str:
        return self.name or self.chat_id


class MemberKind(models.IntegerChoices):
    """The platform's numbers."""

    STAFF = 1, "企业成员"
    EXTERNAL = 2, "外部联系人"


class GroupMember(models.Model):
    """One stay in a group: present ones have no `left_at`, the others are its history."""

    group = models.ForeignKey(CustomerGroup, models.CASCADE, related_name="members")
    member_id = models.CharField("成员 ID", max_length=64)
    kind = models.PositiveSmallIntegerField("类型", choices=MemberKind)
    name = models.CharField("名称", max_length=100, blank=True)
    customer = models.ForeignKey(
        Customer,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="group_memberships",
        verbose_name="客户",
    )
    invitor_userid = models.CharField("邀请人", max_length=64, blank=True)
    join_scene = models.PositiveSmallIntegerField("入群方式", default=0)
    quit_scene = models.PositiveSmallIntegerField("退群方式", null=True, blank=True)
    joined_at = models.DateTimeField("入群时间")
    left_at = models.DateTimeField("退群时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "群成员"
        constraints = [
            models.UniqueConstraint(
                fields=["group", "member_id"],
                condition=Q(left_at__isnull=True),
                name="group_member_present_once",
            )
        ]
        indexes = [
            # Joins and leaves by day.
            models.Index(fields=["joined_at"], name="group_member_by_join"),
            models.Index(
                fields=["left_at"], condition=Q(left_at__isnull=False), name="group_member_by_leave"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.member_id}"
