"""Where a customer can be reached over each channel (seed 002, `customer_channel_identifiers`)."""

from django.db import models

from customers.models.customer import Customer


class CustomerIdentifier(models.Model):
    """One address: an openid, a WeCom user id, a phone, a mailbox, a push subscription."""

    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="identifiers", verbose_name="客户"
    )
    # A channel's code; which there are is messaging's to know.
    channel = models.CharField("渠道", max_length=12)
    address = models.CharField("地址", max_length=1000)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "客户渠道标识"
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "channel"], name="customer_identifier_unique"
            )
        ]
        indexes = [
            # Who writes to us from this openid, mailbox or phone.
            models.Index(fields=["address", "channel"], name="customer_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.customer_id}"
