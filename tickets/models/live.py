"""What staff pages are told, in order, and who looks at which ticket."""

from django.conf import settings
from django.db import models

from tickets.models.ticket import Ticket


class TicketFeedEntry(models.Model):
    """Its key is the frame's `seq`: written one at a time, so a higher one commits later."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+", db_constraint=False)
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=16)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "工单动态"
        indexes = [models.Index(fields=["created_at"], name="ticket_feed_by_time")]

    def __str__(self) -> str:
        return f"{self.pk} #{self.ticket_id} v{self.version}"


class TicketViewer(models.Model):
    """Somebody has the ticket's page open; counts until a while after `seen_at`."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="viewers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "正在查看"
        constraints = [
            models.UniqueConstraint(fields=["ticket", "user"], name="ticket_viewer_once")
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id} {self.user}"
