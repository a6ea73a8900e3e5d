"""Who takes chats, how many at once, and in which groups."""

from django.conf import settings
from django.db import models
from django.db.models import F


class ChatGroup(models.Model):
    """Colleagues whom a chat can be handed to as a group, such as 售后."""

    name = models.CharField("名称", max_length=50, unique=True)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="chat_groups", blank=True, verbose_name="成员"
    )
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "客服组"

    def __str__(self) -> str:
        return self.name


class ChatAgent(models.Model):
    """A colleague's slots. `load` counts the active chats; whoever gives one takes a slot first.

    `slots` follows the limit in force, but never below what is taken, so that a lowered limit ends
    nothing: new chats wait until enough have ended (`tickets.chat.slots`).
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="chat_agent", verbose_name="员工"
    )
    accepts_chats = models.BooleanField("接待在线会话", default=True)
    # Empty: the runtime setting `chat.max_concurrent`.
    max_chats = models.PositiveIntegerField("同时接待上限", null=True, blank=True)
    slots = models.PositiveIntegerField("名额", default=0, editable=False)
    load = models.PositiveIntegerField("接待中", default=0, editable=False)
    # Of those equally loaded, who has had nothing for longest is next.
    last_assigned_at = models.DateTimeField("最近分配时间", null=True, blank=True, editable=False)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "在线客服"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(load__lte=F("slots")), name="chat_agent_within_slots"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.load}/{self.slots}"
