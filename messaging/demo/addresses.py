"""Where the demo customer 张三 is reached in the sandbox."""

import json

from django.conf import settings

from customers.models import Customer, CustomerIdentifier
from messaging.models import ChannelType

# The keys of the simulated browser `zhangsan`, as `GET /sandbox/api/push/zhangsan` shows them.
_BROWSER_KEYS = {
    "p256dh": (
        "BCb336Jr5TkCjBPLYoG17PZjF9qKy4YgoegzIQrQXdWyrjoWtR57rYuxcW_7FJ_ZlCxJ9IEGGTsXCahqql7sbKA"
    ),
    "auth": "SsyNSRrcCNs2fwcDW7rNxg",
}


def load_addresses() -> None:
    """What is there already stays; only the simulated browser follows the sandbox to its present port."""
    zhangsan = Customer.objects.filter(name="张三", phone="+8613800138000").first()
    if zhangsan is None:
        return
    browser = {"endpoint": f"{settings.WECOM_API_BASE}/push/zhangsan", "keys": _BROWSER_KEYS}
    addresses = {
        ChannelType.EMAIL: "zhangsan@example.com",
        ChannelType.APP: json.dumps(browser, separators=(",", ":")),
    }
    known = CustomerIdentifier.objects.filter(customer=zhangsan)
    simulated = known.filter(channel=ChannelType.APP, address__contains=_BROWSER_KEYS["auth"])
    simulated.update(address=addresses[ChannelType.APP])
    for channel, address in addresses.items():
        CustomerIdentifier.objects.get_or_create(
            customer=zhangsan, channel=channel, defaults={"address": address}
        )
