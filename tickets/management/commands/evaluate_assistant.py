"""`manage.py evaluate_assistant`: how well customers are understood, written as a page."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from tickets.assistant.learning import training
from tickets.assistant.learning.comparison import compare, page_of
from tickets.assistant.learning.examples import examples_of
from tickets.models import ExampleSplit

PAGE = Path(settings.BASE_DIR) / "docs" / "assistant-evaluation.md"


class Command(BaseCommand):
    help = "对比规则、本地模型与策略链在测试例句上的准确率，写入 docs/assistant-evaluation.md"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", type=Path, default=PAGE, help="写到哪个文件")

    def handle(self, *args: Any, **options: Any) -> None:
        """A fresh installation gets its first model here, as it would within a minute anyway."""
        training.start()
        train, held = examples_of(ExampleSplit.TRAIN), examples_of(ExampleSplit.HELD)
        compared = compare(held)
        page: Path = options["output"]
        page.write_text(page_of(compared, len(train), len(held)), encoding="utf-8")
        for one in compared:
            self.stdout.write(
                f"{one.name}: {one.report['accuracy']:.1%}"
                f"（达到门槛 {one.sure:.1%}，其中正确 {one.sure_right:.1%}）"
            )
        self.stdout.write(str(page))
