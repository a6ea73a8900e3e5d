"""What the pretended platform knows of its customer-service accounts."""

from django.db import models
from django.utils import timezone


class KfAccount(models.Model):
    """An account that customers open in WeChat."""

    open_kfid = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.open_kfid


class KfServicer(models.Model):
    """A member who may serve an account's customers; status 0 receives, 1 has stopped."""

    account = models.ForeignKey(KfAccount, models.CASCADE, related_name="servicers")
    userid = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "userid"], name="simulator_kf_servicer")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.userid}"


class KfSession(models.Model):
    """One customer of one account; `state` is the platform's number of service_state.

    `sent` counts what the API sent since the customer's last message.
    """

    account = models.ForeignKey(KfAccount, models.CASCADE, related_name="sessions")
    external_userid = models.CharField(max_length=64)
    state = models.PositiveSmallIntegerField(default=0)
    servicer_userid = models.CharField(max_length=64, blank=True)
    scene = models.CharField(max_length=64, blank=True)
    last_customer_at = models.DateTimeField(null=True)
    sent = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "external_userid"], name="simulator_kf_session"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.external_userid} {self.state}"


class Origin(models.IntegerChoices):
    """The platform's numbers; what the API sent is in no page of sync_msg."""

    API = 0, "接口"
    CUSTOMER = 3, "客户"
    SYSTEM = 4, "系统"
    SERVICER = 5, "接待人员"


class KfItem(models.Model):
    """A line of sync_msg, or what the API sent; `content` holds `msgtype` and its part."""

    account = models.ForeignKey(KfAccount, models.CASCADE, related_name="items")
    msgid = models.CharField(max_length=64)
    external_userid = models.CharField(max_length=64, blank=True)
    servicer_userid = models.CharField(max_length=64, blank=True)
    origin = models.PositiveSmallIntegerField(choices=Origin)
    content = models.JSONField()
    is_recalled = models.BooleanField(default=False)
    send_time = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "msgid"], name="simulator_kf_item")
        ]
        indexes = [
            models.Index(fields=["account", "external_userid", "id"], name="simulator_kf_talk")
        ]

    def __str__(self) -> str:
        return self.msgid


class KfCode(models.Model):
    """What may be used for a while: a doorbell's token, or a code for one message on an event."""

    account = models.ForeignKey(KfAccount, models.CASCADE, related_name="codes")
    value = models.CharField(max_length=64, unique=True)
    external_userid = models.CharField(max_length=64, blank=True)
    is_used = models.BooleanField(default=False)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"code {self.pk}"


class KfCall(models.Model):
    """A sync_msg without a token: only a few a minute."""

    account = models.ForeignKey(KfAccount, models.CASCADE, related_name="calls")
    at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.account_id} {self.at}"


class KfWay(models.Model):
    """A link that opens an account with a scene."""

    account = models.ForeignKey(KfAccount, models.CASCADE, related_name="ways")
    key = models.CharField(max_length=32, unique=True)
    scene = models.CharField(max_length=32, blank=True)

    def __str__(self) -> str:
        return self.key
