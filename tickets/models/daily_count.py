"""How many tickets were in which state at the end of a day: what the next day is compared with."""

from django.db import models


class DailyTicketCount(models.Model):
    """Counted at local midnight, for the day that has just ended."""

    date = models.DateField("日期", unique=True)
    pending = models.PositiveIntegerField("待处理")
    processing = models.PositiveIntegerField("进行中")
    resolved = models.PositiveIntegerField("当日解决")

    class Meta:
        verbose_name = verbose_name_plural = "每日工单数"

    def __str__(self) -> str:
        return str(self.date)
