"""The template that codes go out with: switched off until somebody names the provider's own."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

CODE = "phone_code"
BODY = "您的验证码是 {{code}}，{{minutes}} 分钟内有效，请勿告诉他人。"
OPTIONS = {
    "template_code": "SMS_000000000",
    "template_params": {"code": "{{code}}"},
    "template_type": "code",
}


def make(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    template_model = apps.get_model("messaging", "MessageTemplate")
    if template_model.objects.filter(code=CODE).exists():
        return
    template = template_model.objects.create(
        code=CODE,
        name="短信验证码",
        channel="SMS",
        push_mode="manual",
        body_format="text",
        body=BODY,
        options=OPTIONS,
        status="inactive",
    )
    apps.get_model("messaging", "TemplateVersion").objects.create(
        template=template, version=1, body_format="text", body=BODY, options=OPTIONS
    )


def remove(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What was sent keeps its template."""
    message = apps.get_model("messaging", "Message")
    template = apps.get_model("messaging", "MessageTemplate").objects.filter(code=CODE).first()
    if template is not None and not message.objects.filter(template=template).exists():
        template.delete()


class Migration(migrations.Migration):
    dependencies = [("messaging", "0006_phone_code")]

    operations = [migrations.RunPython(make, remove)]
