"""`manage.py alive relay|beat|worker`: a health check for processes that listen to no port."""

import sys
from typing import Any, get_args

from django.core.management.base import BaseCommand, CommandParser

from config.heartbeat import ProcessKind, is_alive


class Command(BaseCommand):
    help = "Exit code 0 when such a process has shown itself in the last minute."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=get_args(ProcessKind))

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(0 if is_alive(options["kind"]) else 1)
