"""Customers counted by day (seed 003, 数据统计): computed at night, today is counted live."""

from django.db import models


class DailyCustomerStatistic(models.Model):
    """What was so at the end of `date`; new, lost and active are of that day."""

    date = models.DateField("日期", unique=True)
    total = models.PositiveIntegerField("客户总数")
    new = models.PositiveIntegerField("新增")
    lost = models.PositiveIntegerField("流失")
    deleted = models.PositiveIntegerField("删除")
    active = models.PositiveIntegerField("活跃")

    class Meta:
        verbose_name = verbose_name_plural = "每日客户统计"

    def __str__(self) -> str:
        return str(self.date)
