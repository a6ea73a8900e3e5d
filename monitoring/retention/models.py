"""What the cleanup deleted, night by night."""

from django.db import models


class CleanedTable(models.Model):
    """One table on one day; a night's many slices add up."""

    date = models.DateField("日期")
    key = models.CharField("表", max_length=40)
    deleted = models.PositiveBigIntegerField("已删除", default=0)
    seconds = models.FloatField("用时（秒）", default=0)
    # False while a night ended before the table was through.
    is_complete = models.BooleanField("已清完", default=False)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "清理记录"
        constraints = [models.UniqueConstraint(fields=["date", "key"], name="cleaned_table_unique")]

    def __str__(self) -> str:
        return f"{self.date} {self.key}"
