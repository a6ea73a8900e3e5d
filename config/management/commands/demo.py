"""`manage.py demo`: the demo data of contract.md §10. Run again, it doubles nothing."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from config.environment import kept_secret

# The kernel knows no apps: each room loads its own part, in this order.
LOADERS = (
    "customers.demo.load",
    "messaging.demo.load",
    "messaging.demo.week.load",
    "tickets.demo.load",
    "monitoring.demo.load",
    "wechat.simulator.contacts.stock.load",
    "wechat.official.demo.load",
)


class Command(BaseCommand):
    help = "Loads the demo data: logins, customers, tickets, chats, channels, a week of messages."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SANDBOX:
            raise CommandError("演示数据只在沙箱中加载：请设置 SANDBOX=1")
        password = settings.DEMO_PASSWORD or kept_secret("DEMO_PASSWORD", length=9)
        for path in LOADERS:
            import_string(path)(password)
        self.stdout.write(f"演示账号：admin、lisi、wangwu、zhangsan，密码：{password}")
