"""What must leave the process after commit, and what has already been acted on."""

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
    # Of the request that wrote it: goes along to the tasks (config/broker/trace.py).
    request_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "待发布"

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class ConsumedEvent(models.Model):
    """An event that one of our own consumers has acted on: the broker may bring it again."""

    consumer = models.CharField(max_length=120)
    event_id = models.CharField(max_length=32)
    consumed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "已消费事件"
        constraints = [
            models.UniqueConstraint(fields=["consumer", "event_id"], name="event_consumed_once")
        ]
        indexes = [models.Index(fields=["consumed_at"], name="event_consumed_by_time")]

    def __str__(self) -> str:
        return f"{self.consumer} {self.event_id}"
