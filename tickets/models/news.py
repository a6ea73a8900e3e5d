"""What a group was told of a ticket's changes after its card."""

from django.db import models

from tickets.models.ticket import Ticket


class GroupNews(models.Model):
    """The changes from `first_version` to `version`, told as `text` in one message.

    Until the message leaves, further changes are put into it. Several tickets' news may share one.
    """

    ticket = models.ForeignKey(
        Ticket, models.CASCADE, related_name="group_news", db_index=False, verbose_name="工单"
    )
    group_id = models.CharField("群", max_length=64)
    first_version = models.PositiveIntegerField("起始版本")
    version = models.PositiveIntegerField("版本")
    text = models.TextField("内容")
    message_id = models.CharField("消息 ID", max_length=40)
    due_at = models.DateTimeField("应发时间")

    class Meta:
        verbose_name = verbose_name_plural = "群消息"
        indexes = [
            # Up to where the group knows a ticket.
            models.Index(fields=["ticket", "-version"], name="group_news_by_ticket"),
            # How much a group has been told in the last minute.
            models.Index(fields=["group_id", "-due_at"], name="group_news_by_group"),
            models.Index(fields=["message_id"], name="group_news_by_message"),
            # What is old is deleted.
            models.Index(fields=["due_at"], name="group_news_by_time"),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id} {self.version}"
