"""What the pretended platform remembers."""

from typing import Any

from django.db import models
from django.utils import timezone

from wechat.simulator.contacts.models import (
    Colleague,
    Contact,
    ContactWay,
    Follow,
    GroupChat,
    GroupMember,
    Stock,
    Tag,
    TagGroup,
    Transfer,
)
from wechat.simulator.kf.models import (
    KfAccount,
    KfCall,
    KfCode,
    KfItem,
    KfServicer,
    KfSession,
    KfWay,
)
from wechat.simulator.official.models import OfficialCode, OfficialLogin

# Django looks for the tables here.
__all__ = [
    "CallbackState",
    "CardCode",
    "ChatMessage",
    "Colleague",
    "Contact",
    "ContactWay",
    "Delivery",
    "Fault",
    "Follow",
    "Follower",
    "GroupChat",
    "GroupMember",
    "KfAccount",
    "KfCall",
    "KfCode",
    "KfItem",
    "KfServicer",
    "KfSession",
    "KfWay",
    "Media",
    "Menu",
    "OfficialCode",
    "OfficialLogin",
    "Picture",
    "ResponseCode",
    "Stock",
    "Tag",
    "TagGroup",
    "Token",
    "Transfer",
]


class Token(models.Model):
    """`owner` is empty for the WeCom app, else the Official Account's AppID."""

    owner = models.CharField(max_length=64, blank=True)
    value = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"token {self.pk}"


class Delivery(models.Model):
    """Something that reached its recipient: a line of the outbox."""

    channel = models.CharField(max_length=12)
    to = models.CharField(max_length=128)
    payload = models.JSONField()
    msgid = models.CharField(max_length=64, blank=True, db_index=True)
    digest = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["channel", "to", "received_at"], name="simulator_delivery_rate"),
            models.Index(fields=["digest", "received_at"], name="simulator_delivery_twice"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} → {self.to}"


class Fault(models.Model):
    """How a channel misbehaves; `remaining` calls of it, or until it is taken back."""

    channel = models.CharField(max_length=12, unique=True)
    mode = models.CharField(max_length=16)
    errcode = models.IntegerField(null=True)
    code = models.CharField(max_length=80, blank=True)
    remaining = models.PositiveIntegerField(null=True)
    seconds = models.FloatField(default=30)
    delivered = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.channel} {self.mode}"


class CallbackState(models.TextChoices):
    """What became of telling the company about a message."""

    NONE = "", "不回调"
    PENDING = "pending", "回调中"
    DONE = "done", "已回调"
    FAILED = "failed", "回调失败"
    UNHEARD = "unheard", "机器人收不到"


class ChatMessage(models.Model):
    """A bubble of a chat as people see it; `content` by `kind`, as it came over the wire."""

    chat_id = models.CharField(max_length=128)
    sender = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    content = models.JSONField()
    quote = models.ForeignKey("self", models.SET_NULL, null=True)
    msgid = models.CharField(max_length=64, blank=True, db_index=True)
    callback_state = models.CharField(max_length=8, blank=True, choices=CallbackState.choices)
    callback_note = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["chat_id", "id"], name="simulator_chat"),
            models.Index(fields=["chat_id", "changed_at"], name="simulator_chat_changed"),
        ]

    def __str__(self) -> str:
        return f"{self.chat_id} {self.pk}"

    def change(self, **fields: Any) -> None:
        """Writes `fields` so that open pages notice."""
        fields["changed_at"] = timezone.now()
        for name, value in fields.items():
            setattr(self, name, value)
        ChatMessage.objects.filter(pk=self.pk).update(**fields)


class ResponseCode(models.Model):
    """Lets the robot answer one message, once, within an hour."""

    code = models.CharField(max_length=64, unique=True)
    message = models.ForeignKey(ChatMessage, models.CASCADE)
    used = models.BooleanField(default=False)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"response {self.pk}"


class CardCode(models.Model):
    """Lets the app change one of its template cards, once, within 72 hours."""

    code = models.CharField(max_length=64, unique=True)
    msgid = models.CharField(max_length=64)
    task_id = models.CharField(max_length=128, null=True, unique=True)
    used = models.BooleanField(default=False)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"card {self.pk}"


class Media(models.Model):
    media_id = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=8)
    owner = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField()
    content = models.BinaryField(default=bytes)
    filename = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.media_id


class Follower(models.Model):
    """What the Official Account's platform knows of somebody; the sandbox's own need no row.

    `touched_at` is the last tap of the menu, scan or follow: it opens a window of its own.
    """

    openid = models.CharField(max_length=64, unique=True)
    unionid = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=30, blank=True)
    is_following = models.BooleanField(default=True)
    followed_at = models.DateTimeField(default=timezone.now)
    scene = models.CharField(max_length=64, blank=True)
    last_message_at = models.DateTimeField(null=True)
    touched_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.openid


class Picture(models.Model):
    """What a follower sent."""

    name = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=16)
    content = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Menu(models.Model):
    """The Official Account's, as it was last published: one row, or none."""

    buttons = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"menu {self.pk}"
