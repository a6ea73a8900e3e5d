"""Callbacks as they came (guarantees.md 13), and what is read from and written to the platform."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class CallbackSource(models.TextChoices):
    WECOM_APP = "wecom_app", "企业微信应用"
    AIBOT = "aibot", "智能机器人"


class CallbackStatus(models.TextChoices):
    RECEIVED = "received", "待处理"
    DONE = "done", "已处理"
    IGNORED = "ignored", "无需处理"
    FAILED = "failed", "处理失败"


class Callback(models.Model):
    """One verified, decrypted callback. `dedupe_key` makes the platform's retries one."""

    source = models.CharField("来源", max_length=12, choices=CallbackSource)
    dedupe_key = models.CharField("去重键", max_length=128)
    # The group, or the member in a talk of two, or what an event is about: worked in its order.
    conversation = models.CharField("会话", max_length=64, blank=True)
    # The kind of event, as `change_external_chat.update`; empty for what somebody said.
    event = models.CharField("事件", max_length=64, blank=True)
    payload = models.JSONField("内容")
    status = models.CharField(
        "状态", max_length=10, choices=CallbackStatus, default=CallbackStatus.RECEIVED
    )
    attempts = models.PositiveSmallIntegerField("处理次数", default=0)
    error = models.TextField("错误", blank=True)
    reply = models.TextField("答复", blank=True)
    received_at = models.DateTimeField("收到时间", auto_now_add=True)
    finished_at = models.DateTimeField("处理完成时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "回调记录"
        constraints = [
            models.UniqueConstraint(fields=["source", "dedupe_key"], name="callback_once")
        ]
        indexes = [
            # The sweep: what was stored and never worked.
            models.Index(
                fields=["received_at"],
                condition=models.Q(status=CallbackStatus.RECEIVED),
                name="callback_waiting",
            ),
            # Whether something said earlier in the same conversation still waits.
            models.Index(
                fields=["conversation", "id"],
                condition=models.Q(status=CallbackStatus.RECEIVED),
                name="callback_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.dedupe_key}"


class CommandRecord(models.Model):
    """What one command did, so that it is done once and can be taken back.

    `conversation` is one member's in one chat; `source_id` the platform's id of the message, where
    there is one. `effects` lists each ticket with its first and last event of the command.
    """

    conversation = models.CharField("会话", max_length=160)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="员工"
    )
    source_id = models.CharField("消息 ID", max_length=160, null=True, blank=True, unique=True)
    reply = models.TextField("答复", blank=True)
    is_handled = models.BooleanField("已执行", default=True)
    ticket_id = models.PositiveBigIntegerField("工单", null=True, blank=True)
    effects = models.JSONField("影响", default=list, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "群命令记录"
        indexes = [
            # Somebody's last command in a conversation.
            models.Index(fields=["conversation", "-id"], name="command_last"),
            # What is old enough to be forgotten.
            models.Index(fields=["created_at"], name="command_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation} {self.pk}"


class PendingQuestion(models.Model):
    """A numbered choice that one member was given; each option holds the command that it completes."""

    key = models.CharField("会话", max_length=160, unique=True)
    kind = models.CharField("选择", max_length=10)
    options = models.JSONField("选项")
    expires_at = models.DateTimeField("有效至", db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "待选择的问题"

    def __str__(self) -> str:
        return f"{self.key} {self.kind}"


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


class SyncJob(models.Model):
    """Something to read from, or to write to, the platform once it is due; gone when it is done.

    What remains has failed for good and waits for an operator.
    """

    kind = models.CharField("操作", max_length=12, choices=SyncJobKind)
    # The platform's id for what is read, our customer's id for what is written.
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
