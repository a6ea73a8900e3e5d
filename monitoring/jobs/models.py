"""What is remembered of each job: its state, its runs, and what ran on each day."""

from django.conf import settings
from django.db import models


class RunStatus(models.TextChoices):
    RUNNING = "running", "运行中"
    OK = "ok", "成功"
    FAILED = "failed", "失败"
    SKIPPED = "skipped", "已跳过"


class Trigger(models.TextChoices):
    SCHEDULE = "schedule", "定时"
    MANUAL = "manual", "手动"


class Job(models.Model):
    """One entry of the timetable. What it does and when is in code (`config/schedule/timetable.py`)."""

    name = models.CharField("任务", max_length=200, unique=True)
    # The newest time of the timetable that a beat has claimed, and the one before.
    slot = models.DateTimeField(null=True, blank=True)
    slot_before = models.DateTimeField(null=True, blank=True)
    is_paused = models.BooleanField("已暂停", default=False)
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="暂停人",
    )
    paused_at = models.DateTimeField("暂停时间", null=True, blank=True)
    pause_reason = models.CharField("暂停原因", max_length=200, blank=True)
    last_status = models.CharField("最近结果", max_length=8, choices=RunStatus, blank=True)
    last_started_at = models.DateTimeField("最近运行", null=True, blank=True)
    last_duration_ms = models.PositiveIntegerField("最近耗时（毫秒）", null=True, blank=True)
    last_error = models.CharField("最近错误", max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "定时任务"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class JobRun(models.Model):
    """One run. Of jobs that run every few minutes or more often only what failed or was asked for."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="runs", db_index=False)
    # Celery's id of the task: what the broker brings twice is one run.
    task_id = models.CharField(max_length=64, unique=True)
    trigger = models.CharField("触发", max_length=8, choices=Trigger, default=Trigger.SCHEDULE)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="触发人",
    )
    status = models.CharField("结果", max_length=8, choices=RunStatus)
    started_at = models.DateTimeField("开始")
    finished_at = models.DateTimeField("结束", null=True, blank=True)
    duration_ms = models.PositiveIntegerField("耗时（毫秒）", null=True, blank=True)
    error = models.CharField("错误", max_length=500, blank=True)
    traceback = models.TextField("调用栈", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "任务运行记录"
        indexes = [
            # A job's history, newest first.
            models.Index(fields=["job", "-id"], name="job_run_of_job"),
            # The cleanup: what is old.
            models.Index(fields=["started_at", "id"], name="job_run_by_time"),
            # Runs that began and never ended.
            models.Index(
                fields=["started_at"],
                condition=models.Q(status=RunStatus.RUNNING),
                name="job_run_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} {self.started_at:%Y-%m-%d %H:%M:%S}"


class JobDay(models.Model):
    """All runs of a job that ended on one local day, also those without a row of their own."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="days")
    date = models.DateField("日期")
    runs = models.PositiveIntegerField("运行", default=0)
    failures = models.PositiveIntegerField("失败", default=0)
    skipped = models.PositiveIntegerField("跳过", default=0)
    duration_sum_ms = models.PositiveBigIntegerField(default=0)
    duration_max_ms = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "任务每日统计"
        constraints = [models.UniqueConstraint(fields=["job", "date"], name="job_day_unique")]
        indexes = [models.Index(fields=["date", "id"], name="job_day_by_date")]

    def __str__(self) -> str:
        return f"{self.job_id} {self.date}"
