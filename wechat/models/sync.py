"""Reading the platform and writing to it: runs, single jobs, and what it last said."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class SyncKind(models.TextChoices):
    """What is read from the platform in one go."""

    STAFF = "staff", "成员"
    TAGS = "tags", "企业标签"
    CONTACTS = "contacts", "客户"
    GROUPS = "groups", "客户群"
    RECONCILE = "reconcile", "全量对账"


class SyncStatus(models.TextChoices):
    RUNNING = "running", "进行中"
    WAITING = "waiting", "等待重试"
    FINISHED = "finished", "已完成"
    FAILED = "failed", "失败"
    STOPPED = "stopped", "已停止"


ACTIVE = (SyncStatus.RUNNING, SyncStatus.WAITING)


class SyncRun(models.Model):
    """One reading of the platform, page after page; `cursor` is where the next page begins.

    A page and the cursor behind it commit together, so a run may die anywhere and goes on there.
    `lease` is whoever works it now: without a sign of life (`heartbeat_at`) it is taken over.
    """

    kind = models.CharField("内容", max_length=10, choices=SyncKind)
    status = models.CharField("状态", max_length=8, choices=SyncStatus, default=SyncStatus.RUNNING)
    cursor = models.JSONField("进度位置", default=dict, blank=True)
    total = models.PositiveIntegerField("总数", null=True, blank=True)
    processed = models.PositiveIntegerField("已处理", default=0)
    created_count = models.PositiveIntegerField("新增", default=0)
    updated_count = models.PositiveIntegerField("更新", default=0)
    unchanged_count = models.PositiveIntegerField("无变化", default=0)
    failed_count = models.PositiveIntegerField("失败", default=0)
    # What differed between the platform and us, by kind, with examples.
    report = models.JSONField("差异报告", default=dict, blank=True)
    attempts = models.PositiveSmallIntegerField("连续失败次数", default=0)
    error_code = models.CharField("错误码", max_length=64, blank=True)
    error = models.TextField("错误", blank=True)
    lease = models.CharField(max_length=32, blank=True)
    due_at = models.DateTimeField("下次运行", null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="发起人",
    )
    started_at = models.DateTimeField("开始时间", default=timezone.now)
    heartbeat_at = models.DateTimeField("最近进展", default=timezone.now)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "企业微信同步"
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=models.Q(status__in=["running", "waiting"]),
                name="sync_one_of_a_kind",
            )
        ]
        indexes = [models.Index(fields=["kind", "-id"], name="sync_run_by_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class SyncJobKind(models.TextChoices):
    """One thing to read or to write, by its id."""

    PULL_CONTACT = "pull_contact", "读取客户"
    PULL_GROUP = "pull_group", "读取客户群"
    PULL_TAGS = "pull_tags", "读取标签"
    PULL_MEMBER = "pull_member", "读取成员"
    PUSH_TAGS = "push_tags", "推送标签"
    PUSH_REMARK = "push_remark", "推送备注"
    WRITE_WAY = "write_way", "写入渠道活码"


class SyncJob(models.Model):
    """Something to read from, or to write to, the platform once it is due; gone when it is done.

    What remains has failed for good and waits for an operator.
    """

    kind = models.CharField("操作", max_length=12, choices=SyncJobKind)
    # The platform's id for what is read, our customer's (or contact way's) for what is written.
    key = models.CharField("对象", max_length=64)
    # Fields of the customer that somebody changed: these are written even when they are empty now.
    fields = models.JSONField("字段", default=list, blank=True)
    # Raised by whoever asks for it and by whoever takes it: a task started twice works once, and a
    # worker that began before a new wish does not take that for done.
    version = models.PositiveIntegerField(default=1)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    is_failed = models.BooleanField("失败", default=False)
    error_code = models.CharField("错误码", max_length=64, blank=True)
    error = models.CharField("错误", max_length=500, blank=True)
    # When it is to be started; once started, when it counts as lost and is started again.
    due_at = models.DateTimeField("到期时间", default=timezone.now)
    is_taken = models.BooleanField("处理中", default=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "同步操作"
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="sync_job_once")]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(is_failed=False), name="sync_job_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}"


class FollowerMirror(models.Model):
    """What the platform last said about one member and one customer.

    It is the common ancestor of the platform's copy and ours: what differs from it here was changed
    here and is to be written there; what differs from it there was changed there.
    """

    follower = models.OneToOneField("customers.Follower", models.CASCADE, related_name="mirror")
    # The contact's own name, which we follow until somebody renames the customer here.
    name = models.CharField(max_length=100, blank=True)
    company = models.CharField(max_length=200, blank=True)
    # The platform's ids of those corporation tags that we know.
    tag_ids = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"mirror of {self.follower_id}"
