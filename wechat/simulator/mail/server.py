"""The mail server's life: a port, a thread of its own, and an end."""

import logging
import threading

from aiosmtpd.controller import Controller
from django.conf import settings

from wechat.simulator.mail.handler import Handler, authenticate

HOST = "127.0.0.1"
MOST_BYTES = 4 * 1024 * 1024

logger = logging.getLogger(__name__)


class MailServer:
    """`run` serves until `stop`; where the port is taken it says so and the rest goes on without."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or settings.SANDBOX_SMTP_PORT
        self.ready = threading.Event()
        self._stop = threading.Event()

    def run(self) -> None:
        # It would write every address it hears.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        controller = Controller(
            Handler(),
            hostname=HOST,
            port=self.port,
            server_hostname="sandbox",
            ident="sandbox",
            data_size_limit=MOST_BYTES,
            authenticator=authenticate,
            auth_require_tls=False,
        )
        try:
            controller.start()
        except OSError:
            logger.warning(
                "沙箱邮件服务器没有启动：端口 %s 已被占用（SANDBOX_SMTP_PORT）", self.port
            )
            return
        self.ready.set()
        try:
            self._stop.wait()
        finally:
            controller.stop()

    def stop(self) -> None:
        self._stop.set()
