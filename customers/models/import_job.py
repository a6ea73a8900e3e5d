"""Importing customers from a table: the file, how far it has come, and what each bad row lacks."""

from django.conf import settings
from django.db import models


class ImportStatus(models.TextChoices):
    QUEUED = "queued", "排队中"
    RUNNING = "running", "进行中"
    FINISHED = "finished", "已完成"
    FAILED = "failed", "失败"


class CustomerImport(models.Model):
    """`position` is the last row that is committed: a worker that takes over goes on behind it."""

    import_id = models.CharField("导入编号", max_length=40, unique=True)
    file_name = models.CharField("文件名", max_length=200)
    # In the database, since workers share no disk; emptied once the import has ended.
    content = models.BinaryField("文件内容")
    digest = models.CharField("内容摘要", max_length=64)
    is_dry_run = models.BooleanField("只检查", default=False)
    status = models.CharField(
        "状态", max_length=8, choices=ImportStatus, default=ImportStatus.QUEUED
    )
    total = models.PositiveIntegerField("总行数", default=0)
    position = models.PositiveIntegerField("已处理到", default=0)
    created_count = models.PositiveIntegerField("新增", default=0)
    updated_count = models.PositiveIntegerField("更新", default=0)
    unchanged_count = models.PositiveIntegerField("未变", default=0)
    failed_count = models.PositiveIntegerField("失败", default=0)
    error = models.CharField("错误", max_length=500, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name="提交人"
    )
    created_at = models.DateTimeField("提交时间", auto_now_add=True)
    heartbeat_at = models.DateTimeField("最近进展", null=True, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "客户导入"

    def __str__(self) -> str:
        return self.import_id


class ImportRowError(models.Model):
    """One wrong field of one row; `line` is the line of the table as people see it."""

    job = models.ForeignKey(CustomerImport, models.CASCADE, related_name="errors", db_index=False)
    line = models.PositiveIntegerField("行")
    field = models.CharField("字段", max_length=64)
    code = models.CharField("错误码", max_length=64)
    detail = models.CharField("说明", max_length=300)

    class Meta:
        verbose_name = verbose_name_plural = "导入错误"
        constraints = [
            models.UniqueConstraint(fields=["job", "line", "field"], name="import_error_once")
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.field}"
