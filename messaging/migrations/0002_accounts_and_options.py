"""A channel account's one secret becomes several by name; templates get their channel's options."""

from django.db import migrations, models

import config.encryption


def name_the_secret(apps, schema_editor):
    account = apps.get_model("messaging", "ChannelAccount")
    for row in account.objects.exclude(secret=""):
        row.secrets = {"webhook_url": row.secret}
        row.save(update_fields=["secrets"])


def back_to_one(apps, schema_editor):
    account = apps.get_model("messaging", "ChannelAccount")
    for row in account.objects.all():
        row.secret = row.secrets.get("webhook_url", "")
        row.save(update_fields=["secret"])


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial")]

    operations = [
        migrations.AddField(
            "channelaccount",
            "secrets",
            config.encryption.EncryptedJSONField(blank=True, default=dict, verbose_name="密钥"),
        ),
        migrations.RunPython(name_the_secret, back_to_one),
        migrations.RemoveField("channelaccount", "secret"),
        migrations.AddField(
            "messagetemplate",
            "options",
            models.JSONField(blank=True, default=dict, verbose_name="渠道选项"),
        ),
        migrations.AlterField(
            "messagetemplate",
            "body_format",
            models.CharField(
                choices=[
                    ("text", "纯文本"),
                    ("markdown", "Markdown"),
                    ("html", "HTML"),
                    ("card", "卡片"),
                ],
                default="text",
                max_length=10,
                verbose_name="正文格式",
            ),
        ),
    ]
