"""`manage.py doctor`: says in plain words what of the configuration is wrong."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from config.diagnosis import Level, findings


class Command(BaseCommand):
    help = "Checks the configuration and everything it names; exit code 1 when something is wrong."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        counts = dict.fromkeys(Level, 0)
        for finding in findings():
            counts[finding.level] += 1
            self.stdout.write(f"{finding.level} {finding.sentence}")
        wrong = counts[Level.WRONG]
        self.stdout.write("" if not wrong else f"\n有 {wrong} 处需要修正")
        if wrong:
            sys.exit(1)
