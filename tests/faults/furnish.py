"""What every fault test needs in a migrated database, made by the system's own actions; told as JSON.

Run inside the system's environment: `python -m tests.faults.furnish`.
"""

import json
import os
import sys
from typing import Any

import django

BODY = "{{name}}，您好：您的工单已有新进展，请点击查看详情。"
# Groups' robots, for `template_code="faults-robot"`.
ROBOTS = ("robot-1", "robot-2")
# High enough that no limit of our own API refuses; the limits themselves stay on.
RATE = {"qps": 1_000_000, "concurrent": 100_000}


def furnish() -> dict[str, Any]:
    from rest_framework_simplejwt.tokens import AccessToken

    from config.api.keys import ApiKey, Scope
    from config.runtime import store
    from customers.models import User
    from messaging.actions.templates import template_save
    from messaging.models import ChannelAccount, ChannelType, MessageTemplate

    base = os.environ["WECOM_API_BASE"]
    admin = User.objects.create_superuser("admin")
    _, key = ApiKey.objects.create_key(
        name="faults", scopes=[Scope.MESSAGES_SEND, Scope.MESSAGES_READ, Scope.CUSTOMERS_READ]
    )
    template = template_save(
        MessageTemplate(code="faults", name="faults", channel=ChannelType.WORK_WECHAT, body=BODY),
        actor=admin,
    )
    template_save(
        MessageTemplate(
            code="faults-robot", name="robot", channel=ChannelType.GROUP_BOT, body="{{name}}"
        ),
        actor=admin,
    )
    for robot in ROBOTS:
        ChannelAccount.objects.create(
            channel=ChannelType.GROUP_BOT,
            code=robot,
            name=robot,
            settings={"group_id": robot},
            secrets={"webhook_url": f"{base}/cgi-bin/webhook/send?key={robot}"},
        )
    for name in ("rate_limit.api_send_message", "rate_limit.api_send_batch"):
        store.change(key=name, value=dict(RATE), actor=admin, reason="faults")
    return {
        "api_key": key,
        "access_token": str(AccessToken.for_user(admin)),
        "template_id": template.pk,
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sys.stdout.write(json.dumps(furnish()))
