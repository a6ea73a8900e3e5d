"""The groups that accounts are put into; after each migration they get their permissions.

Indexes for the operators' history of all customers.
"""

from typing import Any

from django.conf import settings
from django.db import migrations, models

from config.database.online_indexes import AddIndexOnline

GROUPS = ("客服", "客服主管", "运营", "管理员", "只读")


def make_groups(apps: Any, schema_editor: Any) -> None:
    group = apps.get_model("auth", "Group")
    for name in GROUPS:
        group.objects.using(schema_editor.connection.alias).get_or_create(name=name)


class Migration(migrations.Migration):
    # Indexes are made while customers go on being written.
    atomic = False

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("customers", "0010_followed_events"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="customer",
            options={
                "permissions": [
                    ("view_phone", "查看完整手机号"),
                    ("reveal_phone", "逐个显示手机号（留下记录）"),
                ],
                "verbose_name": "客户",
                "verbose_name_plural": "客户",
            },
        ),
        AddIndexOnline(
            model_name="customerevent",
            index=models.Index(fields=["-created_at", "-id"], name="customer_event_by_time"),
        ),
        AddIndexOnline(
            model_name="customerevent",
            index=models.Index(
                fields=["actor", "-created_at"],
                condition=models.Q(("actor__isnull", False)),
                name="customer_event_by_actor",
            ),
        ),
        # Taken back, the groups stay: accounts are in them.
        migrations.RunPython(make_groups, migrations.RunPython.noop, atomic=True),
    ]
