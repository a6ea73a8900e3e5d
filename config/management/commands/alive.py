"""`manage.py alive relay|beat|worker`: a health check for processes that listen to no port."""

import sys
from typing import Any, get_args

from django.core.management.base import BaseCommand, CommandParser

from config.processes.heartbeat import ProcessKind, is_alive
from config.redis_link import RedisAway


class Command(BaseCommand):
    help = "Exit code 0 when such a process has shown itself in the last minute."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=get_args(ProcessKind))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            is_well = is_alive(options["kind"])
        except RedisAway:
            # Nobody should be restarted because Redis is away.
            self.stderr.write("Redis 不可用，无法得知")
            is_well = True
        sys.exit(0 if is_well else 1)
