"""The words of the notices to customers, for each channel; operators edit them.

Those by SMS are switched off until somebody names the provider's own template.
"""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# What is told: its name, title, words, and words for an SMS.
NOTICES = {
    "created": (
        "工单已受理",
        "工单 #{{number}} 已受理",
        "{{name}}，您好！您的问题「{{title}}」已受理，工单号 #{{number}}。查看进展、补充信息：{{link}}",
        "您的问题已受理，工单号 {{number}}。查看进展：{{link}}",
    ),
    "replied": (
        "工单有新回复",
        "工单 #{{number}} 有新回复",
        "{{name}}，您好！工单 #{{number}}「{{title}}」有新回复：{{reply}}\n查看并回复：{{link}}",
        "您的工单 {{number}} 有新回复。查看并回复：{{link}}",
    ),
    "waiting": (
        "工单等待客户回复",
        "工单 #{{number}} 需要您补充信息",
        "{{name}}，您好！处理工单 #{{number}}「{{title}}」需要您补充信息。{{reply}}\n请在这里回复：{{link}}",
        "您的工单 {{number}} 需要您补充信息。请回复：{{link}}",
    ),
    "resolved": (
        "工单已解决",
        "工单 #{{number}} 已解决，请评价",
        "{{name}}，您好！工单 #{{number}}「{{title}}」已解决。请确认并评价，"
        "若没有解决也可在页面上告诉我们：{{link}}",
        "您的工单 {{number}} 已解决。请确认并评价：{{link}}",
    ),
    "cancelled": (
        "工单已取消或已合并",
        "工单 #{{number}} {{status}}",
        "{{name}}，您好！工单 #{{number}}「{{title}}」{{status}}。查看详情：{{link}}",
        "您的工单 {{number}} {{status}}。查看详情：{{link}}",
    ),
}
SMS_OPTIONS = {
    "template_code": "SMS_000000000",
    "template_params": {"number": "{{number}}", "token": "{{link_token}}"},
}
SMS_OF_CANCELLED = {
    **SMS_OPTIONS,
    "template_params": {**SMS_OPTIONS["template_params"], "status": "{{status}}"},  # type: ignore[dict-item]
}
CHANNELS = {"WECHAT": "公众号", "SMS": "短信", "EMAIL": "邮件", "APP": "App 推送"}


def make(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for what, words in NOTICES.items():
        for channel in CHANNELS:
            _make(apps, what, channel, words)


def _make(apps: StateApps, what: str, channel: str, words: tuple[str, str, str, str]) -> None:
    template_model = apps.get_model("messaging", "MessageTemplate")
    code = f"ticket_{what}_{channel.lower()}"
    if template_model.objects.filter(code=code).exists():
        return
    name, subject, body, sms = words
    content: dict[str, Any] = {
        "body_format": "text",
        "subject": "" if channel == "SMS" else subject,
        "body": sms if channel == "SMS" else body,
        "options": _options(what, channel),
    }
    template = template_model.objects.create(
        code=code,
        name=f"{name}（{CHANNELS[channel]}）",
        channel=channel,
        push_mode="manual",
        status="inactive" if channel == "SMS" else "active",
        **content,
    )
    apps.get_model("messaging", "TemplateVersion").objects.create(
        template=template, version=1, **content
    )


def _options(what: str, channel: str) -> dict[str, Any]:
    if channel == "SMS":
        return SMS_OF_CANCELLED if what == "cancelled" else SMS_OPTIONS
    return {"url": "{{link}}"} if channel == "APP" else {}


def remove(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What was sent keeps its template."""
    message = apps.get_model("messaging", "Message")
    codes = [f"ticket_{what}_{channel.lower()}" for what in NOTICES for channel in CHANNELS]
    for template in apps.get_model("messaging", "MessageTemplate").objects.filter(code__in=codes):
        if not message.objects.filter(template=template).exists():
            template.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0006_ticket_search"),
        ("messaging", "0007_phone_code_template"),
    ]

    operations = [migrations.RunPython(make, remove)]
