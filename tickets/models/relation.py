"""What hangs on a ticket: other tickets, colleagues who follow it, files."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from customers.actors import Entry
from tickets.models.event import TicketEvent, Visibility
from tickets.models.ticket import Ticket
from tickets.storage import private_storage, random_path


class LinkKind(models.TextChoices):
    RELATES = "relates", "相关"
    BLOCKS = "blocks", "阻塞"
    CAUSES = "causes", "导致"
    DUPLICATES = "duplicates", "重复"


class TicketLink(models.Model):
    """`source` relates to, blocks, causes or duplicates `target`."""

    source = models.ForeignKey(Ticket, models.CASCADE, related_name="links_out")
    target = models.ForeignKey(Ticket, models.CASCADE, related_name="links_in")
    kind = models.CharField("关系", max_length=10, choices=LinkKind, default=LinkKind.RELATES)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name="创建人"
    )
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "工单关联"
        constraints = [
            models.UniqueConstraint(fields=["source", "target", "kind"], name="ticket_link_once"),
            models.CheckConstraint(
                condition=~Q(source=F("target")), name="ticket_not_linked_to_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.source_id} {self.get_kind_display()} #{self.target_id}"


class TicketWatcher(models.Model):
    """A colleague who is told of each change."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="watchers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="watched_tickets"
    )
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "关注人"
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="ticket_watch_once")]

    def __str__(self) -> str:
        return f"#{self.ticket_id} {self.user}"


class TicketAttachment(models.Model):
    """A file, kept outside what is served; `name` is the uploader's own, made harmless."""

    ticket = models.ForeignKey(
        Ticket, models.CASCADE, related_name="attachments", verbose_name="工单"
    )
    event = models.ForeignKey(
        TicketEvent, models.SET_NULL, null=True, blank=True, related_name="attachments"
    )
    visibility = models.CharField(
        "可见范围", max_length=8, choices=Visibility, default=Visibility.INTERNAL
    )
    file = models.FileField("文件", upload_to=random_path, storage=private_storage, max_length=200)
    name = models.CharField("文件名", max_length=200)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("大小（字节）")
    sha256 = models.CharField("SHA-256", max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name="上传人账号"
    )
    uploader_name = models.CharField("上传人", max_length=150)
    entry = models.CharField("入口", max_length=12, choices=Entry)
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "附件"

    def __str__(self) -> str:
        return self.name
