"""`manage.py sandbox_mail`: the simulator's mail server, for the services profile."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from wechat.simulator.mail.server import HOST, MailServer


class Command(BaseCommand):
    help = "Serves the sandbox's SMTP on 127.0.0.1 until it is interrupted."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SANDBOX:
            raise CommandError("沙箱没有打开（SANDBOX=1）")
        server = MailServer()
        self.stdout.write(f"沙箱邮件服务器：{HOST}:{server.port}，按 Ctrl-C 停止")
        try:
            server.run()
        except KeyboardInterrupt:
            server.stop()
