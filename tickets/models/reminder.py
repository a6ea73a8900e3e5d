"""That a ticket was chased: written before it is sent, so that it is sent once."""

from django.conf import settings
from django.db import models

from tickets.models.ticket import Ticket


class ReminderKind(models.TextChoices):
    WARNING = "warning", "临期预警"
    OVERDUE = "overdue", "超时催促"


class TicketReminder(models.Model):
    """`number` runs 1, 2, 3 … for a ticket, its cycle and the kind."""

    ticket = models.ForeignKey(
        Ticket, models.CASCADE, related_name="reminders", verbose_name="工单"
    )
    cycle = models.PositiveIntegerField("处理轮次")
    kind = models.CharField("类型", max_length=8, choices=ReminderKind)
    number = models.PositiveIntegerField("第几次")
    deadline = models.DateTimeField("当时的期限")
    mentions = models.JSONField("提醒对象", default=list)
    is_escalation = models.BooleanField("上报主管", default=False)
    # Those of one digest have the same.
    message_id = models.CharField("消息 ID", max_length=40, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name="手动触发"
    )
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "催促记录"
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "cycle", "kind", "number"], name="ticket_reminder_once"
            )
        ]
        indexes = [models.Index(fields=["created_at"], name="ticket_reminder_by_time")]

    def __str__(self) -> str:
        return f"#{self.ticket_id} {self.get_kind_display()} {self.number}"
