"""`manage.py serve`: the embedded profile in one process, or the services profile's web server."""

import os
import socket
import sys
import time
from collections.abc import Callable
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

SHUTDOWN_SECONDS = 5


class Command(BaseCommand):
    help = "Serves everything that one machine needs (embedded), or HTTP alone (services)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        parser.add_argument(
            "--live", action="store_true", help="services: WebSockets and the fast door for sends"
        )
        parser.add_argument("--demo", action="store_true", help="load the demo data first")

    def handle(self, *args: Any, **options: Any) -> None:
        host: str = options["host"]
        if not _is_free(host, settings.PORT):
            self.stderr.write(f"✗ 端口 {settings.PORT} 已被占用；换一个：PORT=8001 make run")
            sys.exit(1)
        if not settings.EMBEDDED:
            _serve_granian(host, is_live=options["live"])
            return
        self._step("准备数据库", lambda: call_command("migrate", verbosity=0))
        if options["demo"]:
            logins = StringIO()
            self._step("载入演示数据", lambda: call_command("demo", stdout=logins))
            self.stdout.write(logins.getvalue().strip())
        self._serve_embedded(host)

    def _serve_embedded(self, host: str) -> None:
        import uvicorn

        from config.asgi import application
        from config.celery import app
        from config.embedded.threads import Background
        from config.runtime import following

        following.begin("embedded")
        background = Background(app)
        background.start()
        self._announce()
        server = uvicorn.Server(
            uvicorn.Config(
                application,
                host=host,
                port=settings.PORT,
                interface="asgi3",
                lifespan="on",
                ws="websockets-sansio",
                access_log=False,
                log_config=None,
                server_header=False,
                timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            )
        )
        try:
            server.run()
        except KeyboardInterrupt:
            # uvicorn has shut down already; it repeats the signal for whoever started it.
            self.stdout.write("")
        finally:
            background.stop()
            following.end()
            self.stdout.write("已停止")

    def _announce(self) -> None:
        base = f"http://127.0.0.1:{settings.PORT}"
        pages = [
            ("首页", "/"),
            ("工作台", "/console/"),
            ("运营后台", "/admin/"),
            ("接口文档", "/docs"),
        ]
        if settings.SANDBOX:
            pages.insert(1, ("沙箱", "/sandbox/"))
        self.stdout.write("\n已启动，按 Ctrl-C 停止：")
        for name, path in pages:
            self.stdout.write(f"  {name:<6}{base}{path}")
        self.stdout.write("")

    def _step(self, title: str, work: Callable[[], Any]) -> None:
        started = time.monotonic()
        self.stdout.write(f"▸ {title} … ", ending="")
        self.stdout.flush()
        work()
        self.stdout.write(f"{time.monotonic() - started:.1f} 秒")


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _serve_granian(host: str, *, is_live: bool) -> None:
    """HTTP by WSGI, ten times faster for DRF than ASGI; sockets and sends by ASGI (performance.md)."""
    if is_live:
        kind = ["--interface", "asgi", "--ws", "--loop", "uvloop"]
        application = "config.processes.live:application"
    else:
        threads = os.environ.get("WEB_THREADS", "8")
        kind = ["--interface", "wsgi", "--no-ws", "--blocking-threads", threads]
        application = "config.processes.web:application"
    os.execv(
        sys.executable,
        [
            sys.executable,
            "-m",
            "granian",
            *kind,
            "--host",
            host,
            "--port",
            str(settings.PORT),
            "--workers",
            os.environ.get("WEB_WORKERS", "2"),
            "--respawn-failed-workers",
            application,
        ],
    )
