"""Demo channel accounts and templates (contract.md §10)."""

from django.conf import settings

from messaging.actions.templates import template_save
from messaging.models import (
    BodyFormat,
    ChannelAccount,
    ChannelType,
    MessageTemplate,
    PushMode,
)

DAILY_REMINDER = """📅 今日工作提醒（{{date}}）

待处理工单：{{pending_tickets}}
进行中工单：{{processing_tickets}}
已完成工单：{{resolved_tickets}}

请各位同事及时跟进，保证服务质量！"""

TEST_MESSAGE = """🔔 测试消息

时间：{{time}}
内容：{{content}}

这是一条测试消息！"""


def load(password: str) -> None:
    """The robot `bot_001` of `test_group_001` with the configured webhook, and the first templates."""
    ChannelAccount.objects.update_or_create(
        channel=ChannelType.GROUP_BOT,
        code="bot_001",
        defaults={
            "name": "测试群机器人",
            "settings": {"group_id": "test_group_001"},
            "secrets": {"webhook_url": settings.GROUP_WEBHOOK_URL},
            "is_default": True,
        },
    )
    if settings.SANDBOX:
        _sandbox_accounts()
    for template in _templates():
        if not MessageTemplate.objects.filter(code=template.code).exists():
            template_save(template, actor=None)


def _sandbox_accounts() -> None:
    """One account for each channel that has any, pointed at the simulator; an existing one stays."""
    ChannelAccount.objects.get_or_create(
        channel=ChannelType.FEISHU,
        code="feishu_001",
        defaults={
            "name": "测试飞书机器人",
            "settings": {"group_id": "feishu_group_001"},
            "secrets": {
                "webhook_url": f"{settings.WECOM_API_BASE}/open-apis/bot/v2/hook/sandbox-signed",
                "secret": "sandbox-feishu-secret",
            },
            "is_default": True,
        },
    )


def _templates() -> list[MessageTemplate]:
    """Seed 002's two, and one for the app."""
    return [
        MessageTemplate(
            code="daily_work_reminder",
            name="每日工作提醒",
            channel=ChannelType.GROUP_BOT,
            body_format=BodyFormat.MARKDOWN,
            push_mode=PushMode.SCHEDULED,
            schedule="0 9 * * *",
            recipients=["test_group_001"],
            body=DAILY_REMINDER,
        ),
        MessageTemplate(
            code="test_message",
            name="测试消息",
            channel=ChannelType.GROUP_BOT,
            body_format=BodyFormat.MARKDOWN,
            push_mode=PushMode.REALTIME,
            keywords=["测试", "test"],
            body=TEST_MESSAGE,
        ),
        MessageTemplate(
            code="staff_notice",
            name="员工通知",
            channel=ChannelType.WORK_WECHAT,
            body="{{name}}，您好：{{content}}",
        ),
        MessageTemplate(
            code="ticket_progress",
            name="工单进度通知",
            channel=ChannelType.WECHAT,
            body="您好，您的工单{{number}}{{status}}。",
            options={
                "template_id": "sandbox-ticket-progress",
                "template_data": {"character_string1": "{{number}}", "phrase2": "{{status}}"},
            },
        ),
        MessageTemplate(
            code="feishu_notice",
            name="飞书群通知",
            channel=ChannelType.FEISHU,
            body_format=BodyFormat.MARKDOWN,
            subject="工单通知",
            body="**{{name}}**：{{content}}",
        ),
    ]
