"""Seed 002's two templates, and one for each other channel."""

from messaging.actions.templates import template_save
from messaging.models import BodyFormat, ChannelType, MessageTemplate, PushMode, TemplateStatus

DAILY_REMINDER = """📅 今日工作提醒（{{date}}）

待处理工单：{{pending_tickets}}
进行中工单：{{processing_tickets}}
已完成工单：{{resolved_tickets}}

请各位同事及时跟进，保证服务质量！"""

TEST_MESSAGE = """🔔 测试消息

时间：{{time}}
内容：{{content}}

这是一条测试消息！"""

# What the migrations put where the SMS provider's number of an approved template belongs.
NUMBER_TO_COME = "SMS_000000000"
FIRST_NUMBER = 100_000_100


def approve_templates() -> None:
    """The sandbox's provider has approved every SMS template that waits for its number."""
    waiting = MessageTemplate.objects.filter(
        channel=ChannelType.SMS, options__template_code=NUMBER_TO_COME
    )
    for template in waiting.order_by("pk"):
        number = f"SMS_{FIRST_NUMBER + template.pk}"
        template.options = {**template.options, "template_code": number}
        template.status = TemplateStatus.ACTIVE
        template_save(template, actor=None)


def templates() -> list[MessageTemplate]:
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
            code="robot_notice",
            name="智能机器人通知",
            channel=ChannelType.AI,
            body_format=BodyFormat.MARKDOWN,
            body="**{{title}}**\n{{content}}",
        ),
        MessageTemplate(
            code="sms_ticket_resolved",
            name="工单处理完成短信",
            channel=ChannelType.SMS,
            body="【沙箱签名】{{name}}，您的工单 {{ticket_no}} 已处理完成。",
            options={
                "template_code": "SMS_100000001",
                "template_params": {"name": "{{name}}", "ticket_no": "{{ticket_no}}"},
            },
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
