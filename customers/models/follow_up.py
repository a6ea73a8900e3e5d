"""Follow-ups with next-contact dates, and plans of them (seed 003, 跟进记录; SOP)."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from customers.models.customer import Customer
from customers.models.project import Stage
from customers.models.tag import Tag


class FollowUpKind(models.TextChoices):
    NOTE = "note", "备注"
    CALL = "call", "电话"
    WECHAT = "wechat", "微信"
    VISIT = "visit", "拜访"
    TASK = "task", "任务"


class FollowUp(models.Model):
    """What was said and done; `next_at` is when to turn to the customer again."""

    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="follow_ups", db_index=False, verbose_name="客户"
    )
    kind = models.CharField("方式", max_length=8, choices=FollowUpKind, default=FollowUpKind.NOTE)
    content = models.TextField("内容")
    # Whose turn it is at `next_at`; a hand-over changes it, `author` stays.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="owned_follow_ups",
        verbose_name="负责人",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="written_follow_ups",
        verbose_name="记录人",
    )
    author_name = models.CharField("记录人姓名", max_length=150)
    next_at = models.DateTimeField("下次联系", null=True, blank=True)
    reminded_at = models.DateTimeField("提醒时间", null=True, blank=True)
    done_at = models.DateTimeField("完成时间", null=True, blank=True)
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "跟进记录"
        indexes = [
            models.Index(fields=["customer", "-id"], name="follow_up_by_customer"),
            # The reminder's scan: due, neither reminded nor done.
            models.Index(
                fields=["next_at"],
                condition=Q(next_at__isnull=False, reminded_at__isnull=True, done_at__isnull=True),
                name="follow_up_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.created_at:%Y-%m-%d}"


class PlanTrigger(models.TextChoices):
    CUSTOMER_CREATED = "customer_created", "新增客户"
    TAG_ADDED = "tag_added", "打上标签"
    STAGE_ENTERED = "stage_entered", "项目进入阶段"
    MANUAL = "manual", "手工加入"


class FollowUpPlan(models.Model):
    """An SOP: what the owner does on which day after the trigger."""

    name = models.CharField("名称", max_length=100, unique=True)
    trigger = models.CharField("触发", max_length=16, choices=PlanTrigger)
    trigger_tag = models.ForeignKey(
        Tag, models.CASCADE, null=True, blank=True, related_name="plans", verbose_name="触发标签"
    )
    trigger_stage = models.CharField("触发阶段", max_length=9, choices=Stage, blank=True)
    # Ends by itself when the customer answers, is lost or blocked.
    stops_on_reply = models.BooleanField("客户有回应即结束", default=False)
    is_active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "跟进计划"
        constraints = [
            models.CheckConstraint(
                condition=~Q(trigger=PlanTrigger.TAG_ADDED) | Q(trigger_tag__isnull=False),
                name="plan_names_its_tag",
            ),
            models.CheckConstraint(
                condition=~Q(trigger=PlanTrigger.STAGE_ENTERED) | ~Q(trigger_stage=""),
                name="plan_names_its_stage",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PlanStep(models.Model):
    """`day` 0 is the day of the trigger; `hour` is local time."""

    plan = models.ForeignKey(FollowUpPlan, models.CASCADE, related_name="steps")
    day = models.PositiveIntegerField("第几天", default=0, validators=[MaxValueValidator(365)])
    hour = models.PositiveSmallIntegerField("几点", default=9, validators=[MaxValueValidator(23)])
    title = models.CharField("任务", max_length=100)
    content = models.TextField("话术或说明", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "计划步骤"
        ordering = ["plan", "day", "hour", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(hour__lte=23), name="plan_step_hour"),
            models.CheckConstraint(condition=Q(day__lte=365), name="plan_step_day"),
        ]

    def __str__(self) -> str:
        return f"第 {self.day} 天 {self.title}"


class EnrollmentStatus(models.TextChoices):
    RUNNING = "running", "进行中"
    FINISHED = "finished", "已完成"
    STOPPED = "stopped", "已结束"


class PlanEnrollment(models.Model):
    """A customer in a plan; at most one running at a time."""

    plan = models.ForeignKey(FollowUpPlan, models.CASCADE, related_name="enrollments")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="plan_enrollments")
    status = models.CharField(
        "状态", max_length=8, choices=EnrollmentStatus, default=EnrollmentStatus.RUNNING
    )
    reason = models.CharField("结束原因", max_length=100, blank=True)
    started_at = models.DateTimeField("开始时间")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "计划参与"
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "customer"],
                condition=Q(status=EnrollmentStatus.RUNNING),
                name="plan_enrollment_running_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.customer_id}"


class TaskStatus(models.TextChoices):
    OPEN = "open", "待办"
    DONE = "done", "已完成"
    CANCELLED = "cancelled", "已取消"


class FollowUpTask(models.Model):
    """Something the owner has to do for a customer by a time; from a plan's step or by itself."""

    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="follow_up_tasks", verbose_name="客户"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="follow_up_tasks",
        verbose_name="负责人",
    )
    enrollment = models.ForeignKey(
        PlanEnrollment, models.CASCADE, null=True, blank=True, related_name="tasks"
    )
    step = models.ForeignKey(PlanStep, models.SET_NULL, null=True, blank=True)
    title = models.CharField("任务", max_length=100)
    content = models.TextField("说明", blank=True)
    due_at = models.DateTimeField("期限")
    status = models.CharField("状态", max_length=9, choices=TaskStatus, default=TaskStatus.OPEN)
    reminded_at = models.DateTimeField("提醒时间", null=True, blank=True)
    done_at = models.DateTimeField("完成时间", null=True, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "跟进任务"
        constraints = [
            # A step makes one task in an enrolment, however often the scan runs.
            models.UniqueConstraint(
                fields=["enrollment", "step"],
                condition=Q(enrollment__isnull=False, step__isnull=False),
                name="follow_up_task_once",
            )
        ]
        indexes = [
            models.Index(fields=["owner", "status", "due_at"], name="follow_up_task_by_owner"),
            models.Index(
                fields=["due_at"],
                condition=Q(status=TaskStatus.OPEN, reminded_at__isnull=True),
                name="follow_up_task_due",
            ),
        ]

    def __str__(self) -> str:
        return self.title
