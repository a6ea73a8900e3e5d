"""The Official Account: who follows it, and by which codes."""

from django.conf import settings
from django.db import models


class OfficialFollower(models.Model):
    """Somebody at the Official Account, by openid; `customer` is who that is to us.

    `scene` is the QR code that first brought them (the code itself in `qr_code`, if it is ours).
    """

    openid = models.CharField("OpenID", max_length=64, unique=True)
    unionid = models.CharField("UnionID", max_length=64, blank=True)
    customer = models.ForeignKey(
        "customers.Customer",
        models.CASCADE,
        related_name="official_followers",
        verbose_name="客户",
    )
    is_subscribed = models.BooleanField("已关注", default=False)
    subscribed_at = models.DateTimeField("关注时间", null=True, blank=True)
    unsubscribed_at = models.DateTimeField("取消关注时间", null=True, blank=True)
    scene = models.CharField("首次来源", max_length=64, blank=True)
    qr_code = models.ForeignKey(
        "wechat.OfficialQrCode",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="followers",
        verbose_name="来源二维码",
    )
    last_seen_at = models.DateTimeField("最近互动", null=True, blank=True)
    latitude = models.FloatField("纬度", null=True, blank=True)
    longitude = models.FloatField("经度", null=True, blank=True)
    located_at = models.DateTimeField("定位时间", null=True, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "公众号粉丝"
        indexes = [
            models.Index(
                fields=["unionid"], condition=~models.Q(unionid=""), name="official_by_unionid"
            )
        ]

    def __str__(self) -> str:
        return f"{self.openid[:6]}… {self.pk}"


class OfficialQrCode(models.Model):
    """A QR code of the Official Account with a scene of its own (qrcode/create, §4.7).

    Who follows by it is tagged, owned and greeted as it says. Permanent unless `expires_at` is set.
    """

    name = models.CharField("名称", max_length=100)
    scene = models.CharField("场景值", max_length=64, unique=True)
    ticket = models.CharField(max_length=255, blank=True)
    url = models.CharField("内容", max_length=255, blank=True)
    expires_at = models.DateTimeField("有效至", null=True, blank=True)
    tags = models.ManyToManyField(
        "customers.Tag", blank=True, related_name="+", verbose_name="标签"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="跟进人",
    )
    greeting = models.CharField("关注后的欢迎语", max_length=600, blank=True)
    scan_count = models.PositiveIntegerField("扫码次数", default=0)
    follow_count = models.PositiveIntegerField("关注人数", default=0)
    error = models.CharField("错误", max_length=200, blank=True)
    is_active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "公众号二维码"

    def __str__(self) -> str:
        return self.name


class MediaStatus(models.TextChoices):
    ASIDE = "aside", "暂无去处"
    WAITING = "waiting", "待取"
    KEPT = "kept", "已保存"
    REFUSED = "refused", "无法取得"


class OfficialMedia(models.Model):
    """A picture, voice or film of a follower's, which the platform keeps for three days.

    `message_id` is its callback's and its chat message's. `ASIDE`: the assistant was spoken to, and
    no agent has been called yet. Whoever fetches one moves `due_at` ahead, as a lease.
    """

    message_id = models.CharField("消息 ID", max_length=128, unique=True)
    follower = models.ForeignKey(
        OfficialFollower, models.CASCADE, related_name="media", verbose_name="粉丝"
    )
    media_id = models.CharField("素材 ID", max_length=255)
    kind = models.CharField("类型", max_length=10)
    # A voice that the platform has put into words.
    is_worded = models.BooleanField("已转为文字", default=False)
    status = models.CharField("状态", max_length=8, choices=MediaStatus)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    due_at = models.DateTimeField("下次处理")
    error = models.CharField("错误", max_length=200, blank=True)
    created_at = models.DateTimeField("收到时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "公众号素材"
        indexes = [
            # What is to be fetched now.
            models.Index(
                fields=["due_at"],
                condition=models.Q(status=MediaStatus.WAITING),
                name="official_media_due",
            ),
            # What may have found its place meanwhile.
            models.Index(
                fields=["created_at"],
                condition=models.Q(status=MediaStatus.ASIDE),
                name="official_media_aside",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"
