"""Demo channel accounts (contract.md §10)."""

from django.conf import settings

from messaging.models import ChannelAccount, ChannelType


def load(password: str) -> None:
    """The group robot `bot_001` of `test_group_001`; its webhook is the configured one."""
    ChannelAccount.objects.update_or_create(
        channel=ChannelType.GROUP_BOT,
        code="bot_001",
        defaults={
            "name": "测试群机器人",
            "settings": {"group_id": "test_group_001"},
            "secret": settings.GROUP_WEBHOOK_URL,
            "is_default": True,
        },
    )
