"""Demo channel accounts and templates (contract.md §10)."""

from django.conf import settings

from messaging import demo_sandbox
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
        demo_sandbox.load()
    for template in _templates():
        if not MessageTemplate.objects.filter(code=template.code).exists():
            template_save(template, actor=None)


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
            code="email_notice",
            name="邮件通知",
            channel=ChannelType.EMAIL,
            body_format=BodyFormat.HTML,
            subject="{{title}}",
            body="<p>{{name}}，您好：</p><p>{{content}}</p>",
        ),
        MessageTemplate(
            code="app_notice",
            name="App 推送通知",
            channel=ChannelType.APP,
            subject="{{title}}",
            body="{{name}}，您好：{{content}}",
        ),
    ]
