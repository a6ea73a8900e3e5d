"""`manage.py send_batch file.csv --template code`: a table of recipients, a progress bar, a result file."""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.errors import AppError
from messaging.actions.send import Addressee, Options, Rejected, batch_send
from messaging.models import Message, MessageBatch
from messaging.models.message import OPEN
from messaging.queries import batch_counts
from messaging.sending.accept import MAX_BATCH
from messaging.sheets import read_addressees, write_results
from messaging.templates_in_use import template_active

BAR_WIDTH = 30
LOOK_SECONDS = 0.3
HEADER = ["recipient", "message_id", "status", "error_code", "error_detail"]


class Command(BaseCommand):
    help = "按模板向 CSV 或 XLSX 中的接收方批量发送，显示进度，并写出结果文件"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="第一行为列名，一列 recipient，其余为变量")
        parser.add_argument("--template", required=True, help="模板编码")
        parser.add_argument("--priority", type=int, default=5, choices=range(11), metavar="0-10")
        parser.add_argument("--result", type=Path, help="结果文件，默认 <file>.result.csv")
        parser.add_argument("--no-wait", action="store_true", help="提交后不等待发送结束")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            template = template_active(template_id=None, code=options["template"])
            addressees = read_addressees(file)
            batches, rejected = self._accept(template, addressees, options["priority"])
        except AppError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(
            f"已受理 {sum(batch.total for batch in batches)} 条，拒绝 {len(rejected)} 条，"
            f"批次：{'、'.join(batch.batch_id for batch in batches)}"
        )
        if not options["no_wait"]:
            self._wait(batches)
        result: Path = options["result"] or file.with_name(f"{file.stem}.result.csv")
        count = write_results(result, HEADER, _results(batches, rejected))
        self.stdout.write(f"结果已写入 {result}（{count} 行）")

    def _accept(
        self, template: Any, addressees: Sequence[Addressee], priority: int
    ) -> tuple[list[MessageBatch], list[Rejected]]:
        """As many batches of 10,000 as it takes; rows keep their numbers in the file."""
        batches: list[MessageBatch] = []
        rejected: list[Rejected] = []
        for at in range(0, len(addressees), MAX_BATCH):
            accepted = batch_send(
                template=template,
                addressees=addressees[at : at + MAX_BATCH],
                variables={},
                options=Options(priority=priority),
                actor=None,
            )
            batches.append(accepted.batch)
            rejected += accepted.rejected
        if not batches:
            raise CommandError("文件中没有接收方")
        return batches, rejected

    def _wait(self, batches: Sequence[MessageBatch]) -> None:
        total = sum(batch.total for batch in batches)
        started = time.monotonic()
        shown = ""
        while True:
            counts = [batch_counts(batch) for batch in batches]
            still = sum(count[status] for count in counts for status in OPEN)
            failed = sum(count["failed"] + count["uncertain"] for count in counts)
            line = _bar(total - still, total, failed, time.monotonic() - started)
            if line != shown:
                self.stdout.write(("\r" if sys.stdout.isatty() else "") + line, ending="")
                self.stdout.write("" if sys.stdout.isatty() else "\n", ending="")
                self.stdout.flush()
                shown = line
            if not still:
                break
            time.sleep(LOOK_SECONDS)
        self.stdout.write("")


def _bar(done: int, total: int, failed: int, seconds: float) -> str:
    full = BAR_WIDTH * done // total
    rate = done / seconds if seconds > 0 else 0.0
    bar = "█" * full + "░" * (BAR_WIDTH - full)
    return f"{bar} {100 * done // total:3d}%  {done}/{total}  失败 {failed}  {rate:.0f} 条/秒"


def _results(
    batches: Sequence[MessageBatch], rejected: Sequence[Rejected]
) -> Iterator[Sequence[Any]]:
    for item in rejected:
        yield [item.recipient, "", "rejected", item.code, item.detail]
    for batch in batches:
        rows = Message.objects.filter(batch=batch).order_by("pk")
        yield from rows.values_list(
            "recipient", "message_id", "status", "error_code", "error_detail"
        ).iterator()
