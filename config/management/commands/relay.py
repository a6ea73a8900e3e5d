"""`manage.py relay`: hands outbox rows to the broker until told to stop (services profile)."""

import signal
import threading
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from config.celery import app
from config.events import relay
from config.processes import standing
from config.runtime import following


class Command(BaseCommand):
    help = "Publishes what committed transactions left in the outbox."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()

        def on_signal(number: int, frame: FrameType | None) -> None:
            stop.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, on_signal)
        self.stdout.write("relay started")
        following.begin("relay")
        standing.start(stop)
        relay.run(app, stop)
        following.end()
