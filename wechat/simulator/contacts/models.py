"""What the pretended platform knows of the corporation's customers."""

import secrets
from typing import Any

from django.db import models
from django.utils import timezone


class Stock(models.Model):
    """One row once the demo data stands; without it the next call makes it."""

    loaded_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"stock of {self.loaded_at}"


class Colleague(models.Model):
    """A member who may have customers; a row stays when somebody leaves the company."""

    userid = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=64)
    left_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.userid


class Contact(models.Model):
    """`external_contact` of §4.5."""

    external_userid = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=64)
    kind = models.PositiveSmallIntegerField(default=1)
    gender = models.PositiveSmallIntegerField(default=0)
    unionid = models.CharField(max_length=64, blank=True)
    corp_name = models.CharField(max_length=64, blank=True)
    position = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return self.external_userid


class Follow(models.Model):
    """`follow_user`: one member and one customer who are friends. `tags` holds tag ids."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="follows")
    userid = models.CharField(max_length=64)
    remark = models.CharField(max_length=64, blank=True)
    description = models.CharField(max_length=300, blank=True)
    remark_company = models.CharField(max_length=64, blank=True)
    remark_mobiles = models.JSONField(default=list)
    tags = models.JSONField(default=list)
    add_way = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=64, blank=True)
    oper_userid = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "userid"], name="simulator_follow_once")
        ]
        indexes = [models.Index(fields=["userid", "id"], name="simulator_follow_page")]

    def __str__(self) -> str:
        return f"{self.userid} → {self.contact_id}"


class TagGroup(models.Model):
    group_id = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=64)
    order = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A tag of the corporation (企业标签)."""

    tag_id = models.CharField(max_length=64, unique=True)
    group = models.ForeignKey(TagGroup, models.CASCADE, related_name="tags")
    name = models.CharField(max_length=64)
    order = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class TransferStatus(models.IntegerChoices):
    """The platform's numbers."""

    DONE = 1, "接替完毕"
    WAITING = 2, "等待接替"
    REFUSED = 3, "客户拒绝"
    LIMIT = 4, "接替成员客户达到上限"


class Transfer(models.Model):
    """One customer on the way from one member to another; final after 24 hours."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="transfers")
    handover_userid = models.CharField(max_length=64)
    takeover_userid = models.CharField(max_length=64)
    is_resigned = models.BooleanField(default=False)
    status = models.PositiveSmallIntegerField(
        choices=TransferStatus, default=TransferStatus.WAITING
    )
    message = models.CharField(max_length=200, blank=True)
    due_at = models.DateTimeField(db_index=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(
                fields=["handover_userid", "takeover_userid", "id"], name="simulator_transfer_page"
            )
        ]

    def __str__(self) -> str:
        return f"{self.handover_userid} → {self.takeover_userid}: {self.contact_id}"


class GroupStatus(models.IntegerChoices):
    """The platform's numbers of groupchat/list."""

    NORMAL = 0, "跟进人正常"
    OWNER_LEFT = 1, "跟进人离职"
    INHERITING = 2, "离职继承中"
    INHERITED = 3, "离职继承完成"


def new_version() -> str:
    return secrets.token_hex(16)


class GroupChat(models.Model):
    """A customer group (客户群)."""

    chat_id = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=64, blank=True)
    owner = models.CharField(max_length=64)
    notice = models.CharField(max_length=600, blank=True)
    admins = models.JSONField(default=list)
    status = models.PositiveSmallIntegerField(choices=GroupStatus, default=GroupStatus.NORMAL)
    member_version = models.CharField(max_length=64, default=new_version)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.chat_id


class GroupMember(models.Model):
    """`kind` 1 is staff, 2 external; `name` is the member's own, `nickname` the one in the group."""

    chat = models.ForeignKey(GroupChat, models.CASCADE, related_name="members")
    userid = models.CharField(max_length=64)
    kind = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=64, blank=True)
    nickname = models.CharField(max_length=64, blank=True)
    unionid = models.CharField(max_length=64, blank=True)
    join_scene = models.PositiveSmallIntegerField(default=1)
    invitor = models.CharField(max_length=64, blank=True)
    joined_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chat", "userid"], name="simulator_group_member_once")
        ]

    def __str__(self) -> str:
        return f"{self.chat_id} {self.userid}"


class ContactWay(models.Model):
    """A QR code or button by which customers add members (「联系我」)."""

    config_id = models.CharField(max_length=64, unique=True)
    fields: Any = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.config_id
