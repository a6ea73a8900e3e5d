"""An account for each channel that has any, pointed at the simulator: worthless anywhere else."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from messaging.channels import accounts
from messaging.models import ChannelAccount, ChannelType


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


def _account(
    channel: str, code: str, name: str, parts: dict[str, Any], secrets: dict[str, str]
) -> None:
    """Addresses follow the sandbox's, which may have moved since the last start."""
    has_default = ChannelAccount.objects.filter(channel=channel, is_default=True)
    ChannelAccount.objects.update_or_create(
        channel=channel,
        code=code,
        defaults={"settings": parts, "secrets": secrets},
        create_defaults={
            "name": name,
            "settings": parts,
            "secrets": secrets,
            "is_default": not has_default.exists(),
        },
    )
