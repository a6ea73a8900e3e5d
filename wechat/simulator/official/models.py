"""What the company has set up at its Official Account."""

from django.db import models


class OfficialCode(models.Model):
    """A QR code made through qrcode/create."""

    ticket = models.CharField(max_length=128, unique=True)
    scene = models.CharField(max_length=64)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "simulator"

    def __str__(self) -> str:
        return self.scene


class OfficialLogin(models.Model):
    """A code that WeChat's browser brought to a page (OAuth); good once, for five minutes."""

    code = models.CharField(max_length=64, unique=True)
    openid = models.CharField(max_length=64)
    scope = models.CharField(max_length=20)
    expires_at = models.DateTimeField()

    class Meta:
        app_label = "simulator"

    def __str__(self) -> str:
        return f"login {self.pk}"
