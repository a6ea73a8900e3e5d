"""What the benches need in an empty database, made by the system's own actions; told as JSON.

Run inside the system's environment: `python -m bench.furnish`.
"""

import json
import os
import sys

import django

BODY = "{{name}}，您好：您的工单已有新进展，请点击查看详情。{{content}}"
# High enough that no limit refuses; the limits themselves stay on.
RATE = {"qps": 1_000_000, "concurrent": 100_000}
# Who watch batches: a person may have a hundred sockets in a process, and there are 2,000 clients.
WATCHERS = 40


def furnish() -> dict[str, str | int | list[str]]:
    from rest_framework_simplejwt.tokens import AccessToken

    from config.api.keys import ApiKey, Scope
    from config.runtime import store
    from customers.models import User
    from messaging.actions.templates import template_save
    from messaging.models import ChannelType, MessageTemplate
    from tickets.assistant.learning import training

    admin = User.objects.create_superuser("bench")
    _, key = ApiKey.objects.create_key(
        name="bench", scopes=[Scope.MESSAGES_SEND, Scope.MESSAGES_READ, Scope.CUSTOMERS_READ]
    )
    template = template_save(
        MessageTemplate(code="bench", name="bench", channel=ChannelType.WORK_WECHAT, body=BODY),
        actor=admin,
    )
    for name in ("rate_limit.api_send_message", "rate_limit.api_send_batch"):
        store.change(key=name, value=dict(RATE), actor=admin, reason="bench")
    # A new installation's first minute trains a model with all cores; no measured one is new.
    training.start()
    pool = int(os.environ.get("BENCH_POOL_SIZE", "0"))
    if pool:
        sizes = {"core_pool_size": pool, "max_pool_size": pool}
        store.change(key="message_sender", value=sizes, actor=admin, reason="bench")
    return {
        "api_key": key,
        "access_token": str(AccessToken.for_user(admin)),
        "watcher_tokens": [
            str(AccessToken.for_user(User.objects.create_superuser(f"batchwatcher{number}")))
            for number in range(WATCHERS)
        ],
        "template_id": template.pk,
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sys.stdout.write(json.dumps(furnish()))
