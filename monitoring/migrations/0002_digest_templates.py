"""The templates of the daily and the weekly report; nothing is sent before recipients are set."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

FIGURES = """**消息**
> 共 {{messages}} · 成功 {{sent}} · 失败 {{failed}} · 成功率 {{success_rate}}

**工单**
> 新建 {{tickets_created}} · 解决 {{tickets_resolved}} · 现有未结 {{tickets_open}} · 已超时 {{tickets_overdue}}

**会话**
> 发起 {{chats}} · 接入 {{chats_answered}} · 满意度 {{satisfaction}}

**客户**
> 新增 {{customers_new}} · 流失 {{customers_lost}} · 总数 {{customers_total}}
"""
TEMPLATES = {
    "daily_digest": ("运营日报", f"📊 运营日报（{{{{period}}}}）\n\n{FIGURES}\n箭头为与前一日相比"),
    "weekly_digest": ("运营周报", f"📈 运营周报（{{{{period}}}}）\n\n{FIGURES}\n箭头为与前一周相比"),
}


def make(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    template_model = apps.get_model("messaging", "MessageTemplate")
    for code, (name, body) in TEMPLATES.items():
        if template_model.objects.filter(code=code).exists():
            continue
        template = template_model.objects.create(
            code=code,
            name=name,
            channel="GROUP_BOT",
            push_mode="manual",
            body_format="markdown",
            body=body,
        )
        apps.get_model("messaging", "TemplateVersion").objects.create(
            template=template, version=1, body_format="markdown", body=body
        )


def remove(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What was sent keeps its template."""
    message = apps.get_model("messaging", "Message")
    for code in TEMPLATES:
        template = apps.get_model("messaging", "MessageTemplate").objects.filter(code=code).first()
        if template is not None and not message.objects.filter(template=template).exists():
            template.delete()


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0001_jobs"), ("messaging", "0010_batch_kept_figures")]

    operations = [migrations.RunPython(make, remove)]
