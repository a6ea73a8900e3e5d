"""What must leave the process after commit: written in the transaction, published by the relay."""

from django.db import models


class OutboxEntry(models.Model):
    """A Celery task to start or a domain event to announce; the relay deletes it once published."""

    class Kind(models.TextChoices):
        TASK = "task"
        EVENT = "event"

    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField("任务名或事件类型", max_length=120)
    payload = models.JSONField()
    queue = models.CharField(max_length=32, blank=True)
    # Set when the row itself cannot be published; it then waits for a person and stops nobody.
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "待发布"

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
