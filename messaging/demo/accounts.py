"""An account for each channel that has any, pointed at the simulator: worthless anywhere else."""

import json
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from messaging.channels import accounts
from messaging.models import ChannelAccount, ChannelType

_SANDBOX_HOST = "127.0.0.1"
_VAPID_PUBLIC_KEY = (
    "BP8zdl-wmiw358Ux1EWquNp6L0xo0eaWYzccy2TS2sXM1E_gIdFqLU8cFdxO--f_2sXn95yLIf2V1tR7Hq0Ev3w"
)
_VAPID_PRIVATE_KEY = "AqSXSd11LrWtEI4Z-jFVQRECmobqVY4Bb8CYIdbcg9E"


def load_accounts() -> None:
    """The robot `bot_001` of `test_group_001`; while there is a sandbox, all the others."""
    _account(
        ChannelType.GROUP_BOT,
        "bot_001",
        "测试群机器人",
        {"group_id": "test_group_001"},
        {"webhook_url": settings.GROUP_WEBHOOK_URL},
    )
    if settings.SANDBOX:
        _smart_robot()
        _sms()
        _feishu()
        _mail()
        _push()
    accounts.forget()


def _smart_robot() -> None:
    base = settings.WECOM_API_BASE.replace("http", "ws", 1)
    _account(
        ChannelType.AI,
        "aibot",
        "智能机器人（长连接）",
        {"bot_id": "sandbox-aibot", "ws_url": f"{base}/openws"},
        {"secret": "sandbox-aibot-secret"},
    )


def _sms() -> None:
    """The sandbox's own customer of Aliyun."""
    _account(
        ChannelType.SMS,
        "sms_sandbox",
        "沙箱短信",
        {
            "provider": "aliyun",
            "sign_name": "沙箱签名",
            "sdk_app_id": "",
            "endpoint": urlsplit(settings.WECOM_API_BASE).netloc,
        },
        {
            "access_key_id": "sandbox-key-id",
            "access_key_secret": "sandbox-key-secret",
            "receipt_token": "sandbox-receipt-token",
        },
    )


def _feishu() -> None:
    _account(
        ChannelType.FEISHU,
        "feishu_001",
        "测试飞书机器人",
        {"group_id": "feishu_group_001"},
        {
            "webhook_url": f"{settings.WECOM_API_BASE}/open-apis/bot/v2/hook/sandbox-signed",
            "secret": "sandbox-feishu-secret",
        },
    )


def _mail() -> None:
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


def _push() -> None:
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


def _account(
    channel: str, code: str, name: str, parts: dict[str, Any], secrets: dict[str, str]
) -> None:
    """One that points at the sandbox follows it to its present port; one changed by hand stays."""
    account = ChannelAccount.objects.filter(channel=channel, code=code).first()
    if account is None:
        others = ChannelAccount.objects.filter(channel=channel, is_default=True)
        account = ChannelAccount(
            channel=channel, code=code, name=name, is_default=not others.exists()
        )
    elif _SANDBOX_HOST not in json.dumps([account.settings, account.secrets]):
        return
    account.settings, account.secrets = parts, secrets
    account.save()
