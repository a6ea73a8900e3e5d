"""A code sent to a phone, by which whoever holds the phone proves it."""

from django.db import models


class PhoneCode(models.Model):
    """`code_hash` is `salt$hmac`; the code itself is nowhere in this table."""

    phone = models.CharField("手机", max_length=16)
    # What it is good for: a code for one thing proves nothing for another.
    purpose = models.CharField("用途", max_length=20)
    code_hash = models.CharField("校验值", max_length=100)
    tries = models.PositiveSmallIntegerField("已尝试", default=0)
    address = models.CharField("请求方地址", max_length=45)
    expires_at = models.DateTimeField("过期时间")
    used_at = models.DateTimeField("使用时间", null=True, blank=True)
    created_at = models.DateTimeField("创建时间")

    class Meta:
        verbose_name = verbose_name_plural = "手机验证码"
        indexes = [
            # The newest code of a phone, and how many it was sent in an hour.
            models.Index(fields=["phone", "-created_at"], name="phone_code_by_phone"),
            # How many an address asked for in an hour.
            models.Index(fields=["address", "-created_at"], name="phone_code_by_address"),
            # What is old enough to go.
            models.Index(fields=["created_at"], name="phone_code_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"
