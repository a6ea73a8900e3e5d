"""`manage.py send_batch file.csv --template code`: a table of recipients, a progress bar, a result file."""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import merge
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.errors import AppError, InvalidInputError
from config.sheets import write_csv
from messaging.actions.send import NobodyReachableError, Options, Rejected, batch_send
from messaging.models import Message, MessageBatch, MessageTemplate
from messaging.models.message import OPEN
from messaging.queries import batch_counts
from messaging.rendering import source_of
from messaging.sending.accept import MAX_BATCH
from messaging.sheets import Sheet, read_addressees
from messaging.templates_in_use import template_active

BAR_WIDTH = 30
LOOK_SECONDS = 0.3
HEADER = ["line", "recipient", "message_id", "status", "error_code", "error_detail"]
# So many bad rows are named on the screen; the result file has them all.
MOST_NAMED = 20


@dataclass
class Accepted:
    """The batches, with the lines of their recipients in order; and the rows that are in none."""

    batches: list[tuple[MessageBatch, list[int]]] = field(default_factory=list)
    rejected: list[tuple[int, Rejected]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(batch.total for batch, _ in self.batches)


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
        result: Path = options["result"] or file.with_name(f"{file.stem}.result.csv")
        try:
            template = template_active(template_id=None, code=options["template"])
            sheet = read_addressees(file)
            _check_names(template, sheet)
            # Before anything is sent: whoever asked must be able to read what became of it.
            result.open("a").close()
            accepted = _accept(template, sheet, options["priority"])
        except AppError as error:
            raise CommandError(error.detail) from error
        except OSError as error:
            raise CommandError(f"不能写入结果文件 {result}：{error.strerror}") from error
        self._tell(accepted)
        batches = [batch for batch, _ in accepted.batches]
        if batches and not options["no_wait"]:
            self._wait(batches)
        count = write_csv(result, HEADER, _results(accepted))
        self.stdout.write(f"结果已写入 {result}（{count} 行）")
        if not batches:
            raise CommandError("没有可用的接收方")

    def _tell(self, accepted: Accepted) -> None:
        names = "、".join(batch.batch_id for batch, _ in accepted.batches) or "无"
        self.stdout.write(
            f"已受理 {accepted.total} 条，拒绝 {len(accepted.rejected)} 条，批次：{names}"
        )
        for line, item in accepted.rejected[:MOST_NAMED]:
            self.stdout.write(f"第 {line} 行：{item.detail}")
        if len(accepted.rejected) > MOST_NAMED:
            self.stdout.write(f"……其余 {len(accepted.rejected) - MOST_NAMED} 行见结果文件")

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


def _check_names(template: MessageTemplate, sheet: Sheet) -> None:
    if not sheet.rows:
        raise InvalidInputError("文件中没有接收方", attr="file")
    missing = [name for name in source_of(template).given_names if name not in sheet.names]
    if missing:
        raise InvalidInputError(f"缺少列：{'、'.join(missing)}（模板的变量）", attr="file")


def _accept(template: MessageTemplate, sheet: Sheet, priority: int) -> Accepted:
    """As many batches of 10,000 as it takes."""
    accepted = Accepted()
    for at in range(0, len(sheet.rows), MAX_BATCH):
        rows = sheet.rows[at : at + MAX_BATCH]
        try:
            made = batch_send(
                template=template,
                addressees=[row.addressee for row in rows],
                variables={},
                options=Options(priority=priority),
                actor=None,
            )
            rejected = made.rejected
        except NobodyReachableError as error:
            made, rejected = None, error.rejected
        accepted.rejected += [(rows[item.index].line, item) for item in rejected]
        if made is not None:
            bad = {item.index for item in rejected}
            lines = [row.line for place, row in enumerate(rows) if place not in bad]
            accepted.batches.append((made.batch, lines))
    return accepted


def _results(accepted: Accepted) -> Iterator[Sequence[Any]]:
    """A row a line, in the file's order."""
    rejected = (
        (line, item.recipient, "", "rejected", item.code, item.detail)
        for line, item in accepted.rejected
    )
    return merge(rejected, _sent(accepted), key=itemgetter(0))


def _sent(accepted: Accepted) -> Iterator[Sequence[Any]]:
    columns = ("recipient", "message_id", "status", "error_code", "error_detail")
    for batch, lines in accepted.batches:
        rows = Message.objects.filter(batch=batch).order_by("pk").values_list(*columns)
        for line, row in zip(lines, rows.iterator(), strict=True):
            yield (line, *row)
