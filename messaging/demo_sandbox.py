"""Demo accounts at the simulator's mail and push services, and 张三's addresses there.

Every secret here is public and worthless anywhere else.
"""

import json
from typing import Any

from django.conf import settings

from customers.models import Customer, CustomerIdentifier
from messaging.models import ChannelAccount, ChannelType

_VAPID_PUBLIC_KEY = (
    "BP8zdl-wmiw358Ux1EWquNp6L0xo0eaWYzccy2TS2sXM1E_gIdFqLU8cFdxO--f_2sXn95yLIf2V1tR7Hq0Ev3w"
)
_VAPID_PRIVATE_KEY = "AqSXSd11LrWtEI4Z-jFVQRECmobqVY4Bb8CYIdbcg9E"
# The keys of the simulated browser `zhangsan`, as `GET /sandbox/api/push/zhangsan` shows them.
_BROWSER_KEYS = {
    "p256dh": (
        "BCb336Jr5TkCjBPLYoG17PZjF9qKy4YgoegzIQrQXdWyrjoWtR57rYuxcW_7FJ_ZlCxJ9IEGGTsXCahqql7sbKA"
    ),
    "auth": "SsyNSRrcCNs2fwcDW7rNxg",
}


def load() -> None:
    """What is there already stays as it is."""
    _account(
        ChannelType.EMAIL,
        "sandbox_mail",
        "沙箱邮箱",
        {
            "host": "127.0.0.1",
            "port": settings.SANDBOX_SMTP_PORT,
            "security": "none",
            "username": "sandbox",
            "from_address": "desk@example.com",
            "from_name": "客服中心",
            "reply_to": "",
        },
        {"password": "sandbox-secret"},
    )
    _account(
        ChannelType.APP,
        "sandbox_webpush",
        "沙箱 Web Push",
        {
            "provider": "webpush",
            "vapid_public_key": _VAPID_PUBLIC_KEY,
            "vapid_subject": "mailto:desk@example.com",
            "ttl": 86_400,
        },
        {"vapid_private_key": _VAPID_PRIVATE_KEY},
    )
    _account(
        ChannelType.APP,
        "sandbox_jpush",
        "沙箱极光推送",
        {
            "provider": "jpush",
            "app_key": "sandbox-app-key",
            "api_base": f"{settings.WECOM_API_BASE}/jpush",
            "ttl": 86_400,
            "apns_production": False,
        },
        {"master_secret": "sandbox-master-secret"},
    )
    _addresses()


def _account(
    channel: ChannelType, code: str, name: str, own: dict[str, Any], secrets: dict[str, str]
) -> None:
    has_default = ChannelAccount.objects.filter(channel=channel, is_default=True).exists()
    ChannelAccount.objects.get_or_create(
        channel=channel,
        code=code,
        defaults={
            "name": name,
            "settings": own,
            "secrets": secrets,
            "is_default": not has_default,
        },
    )


def _addresses() -> None:
    zhangsan = Customer.objects.filter(name="张三", phone="+8613800138000").first()
    browser = {"endpoint": f"{settings.WECOM_API_BASE}/push/zhangsan", "keys": _BROWSER_KEYS}
    addresses = {
        ChannelType.EMAIL: "zhangsan@example.com",
        ChannelType.APP: json.dumps(browser, separators=(",", ":")),
    }
    for channel, address in addresses.items():
        if zhangsan is not None:
            CustomerIdentifier.objects.get_or_create(
                customer=zhangsan, channel=channel, defaults={"address": address}
            )
