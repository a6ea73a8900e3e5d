"""What a customer thought of how a ticket was solved."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from customers.actors import Entry
from tickets.models.ticket import Ticket


class TicketRating(models.Model):
    """One for each solution; `assignee` is who had the ticket then."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="ratings", verbose_name="工单")
    cycle = models.PositiveIntegerField("处理轮次")
    score = models.PositiveSmallIntegerField(
        "评分（1–5）", validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    comment = models.TextField("评语", blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="ticket_ratings",
        verbose_name="负责人",
    )
    entry = models.CharField("入口", max_length=12, choices=Entry)
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "满意度评价"
        constraints = [
            models.UniqueConstraint(fields=["ticket", "cycle"], name="ticket_rated_once"),
            models.CheckConstraint(
                condition=Q(score__gte=1, score__lte=5), name="ticket_rating_in_range"
            ),
        ]
        indexes = [models.Index(fields=["created_at"], name="ticket_rating_by_time")]

    def __str__(self) -> str:
        return f"#{self.ticket_id} {self.score}"
