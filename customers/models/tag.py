"""Tags, their groups, who carries them, and the rules that set them (seed 003, 标签管理)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from customers.models.customer import Customer

NAME_LENGTH = 30


class TagGroup(models.Model):
    """`wecom_id` is the corporation's own group id, once the group is there as well."""

    name = models.CharField("名称", max_length=NAME_LENGTH, unique=True)
    order = models.PositiveIntegerField("次序", default=0)
    wecom_id = models.CharField("企业微信 ID", max_length=64, null=True, blank=True, unique=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "标签组"
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """Unique by name in its group; without a group, unique among those without one."""

    group = models.ForeignKey(
        TagGroup,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="tags",
        verbose_name="标签组",
    )
    name = models.CharField("名称", max_length=NAME_LENGTH)
    order = models.PositiveIntegerField("次序", default=0)
    wecom_id = models.CharField("企业微信 ID", max_length=64, null=True, blank=True, unique=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "标签"
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["group", "name"], name="tag_unique_in_group"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(group__isnull=True), name="tag_unique_without_group"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TagSource(models.TextChoices):
    """Who set a tag; a rule takes back only what a rule has set."""

    MANUAL = "manual", "人工"
    RULE = "rule", "规则"
    WECOM = "wecom", "企业微信"
    IMPORT = "import", "导入"


class TagRule(models.Model):
    """Customers that fit `conditions` carry `tag` (see customers/conditions)."""

    name = models.CharField("名称", max_length=100, unique=True)
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="rules", verbose_name="标签")
    conditions = models.JSONField("条件")
    # Whether the tag goes again from those that no longer fit.
    removes = models.BooleanField("不再符合时移除", default=False)
    is_active = models.BooleanField("启用", default=True)
    last_run_at = models.DateTimeField("上次全量运行", null=True, blank=True)
    matched = models.PositiveIntegerField("上次符合人数", default=0)
    error = models.CharField("错误", max_length=500, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name="创建人"
    )
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "自动标签规则"

    def __str__(self) -> str:
        return self.name


class CustomerTag(models.Model):
    """One customer carries one tag, once."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="tag_links")
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="customer_links", db_index=False)
    source = models.CharField("来源", max_length=8, choices=TagSource, default=TagSource.MANUAL)
    rule = models.ForeignKey(TagRule, models.SET_NULL, null=True, blank=True, related_name="links")
    created_at = models.DateTimeField("打标时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "客户标签"
        constraints = [
            # Also the index that finds everybody with a tag.
            models.UniqueConstraint(fields=["tag", "customer"], name="customer_tag_once")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.tag_id}"


class Segment(models.Model):
    """A saved filter, evaluated anew whenever it is asked; the audience of a batch."""

    name = models.CharField("名称", max_length=100)
    conditions = models.JSONField("条件")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="segments",
        verbose_name="创建人",
    )
    # Others may use it too; whom it finds is always in the view of who asks.
    is_shared = models.BooleanField("团队可用", default=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "客户分群"
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="segment_unique_by_owner")
        ]

    def __str__(self) -> str:
        return self.name
