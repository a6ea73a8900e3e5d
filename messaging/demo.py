"""Demo channel accounts (contract.md §10)."""

from django.conf import settings

from messaging.models import BodyFormat, ChannelAccount, ChannelType, MessageTemplate


def load(password: str) -> None:
    """The robot `bot_001` of `test_group_001` with the configured webhook, and two templates."""
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
    MessageTemplate.objects.get_or_create(
        code="test_message",
        defaults={
            "name": "测试消息",
            "channel": ChannelType.GROUP_BOT,
            "body_format": BodyFormat.MARKDOWN,
            "body": "🔔 测试消息\n\n时间：{{time}}\n内容：{{content}}\n\n这是一条测试消息！",
        },
    )
    MessageTemplate.objects.get_or_create(
        code="staff_notice",
        defaults={
            "name": "员工通知",
            "channel": ChannelType.WORK_WECHAT,
            "body": "{{name}}，您好：{{content}}",
        },
    )
