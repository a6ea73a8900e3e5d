"""`manage.py import_customers file.xlsx [--dry-run]`: worked here and now, its errors on the screen."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from config.errors import AppError
from customers.actions.imports import import_accept, import_work
from customers.actors import Entry, system_actor
from customers.models import CustomerImport, ImportStatus
from customers.queries.imports import import_errors
from customers.table_columns import BY_FIELD

# So many bad rows are named on the screen.
MOST_NAMED = 20


class Command(BaseCommand):
    help = "从 CSV 或 XLSX 导入客户，显示结果与有错的行"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open("rb") as file, transaction.atomic():
                job, warnings = import_accept(
                    file=file,
                    name=path.name,
                    is_dry_run=options["dry_run"],
                    actor=system_actor(Entry.IMPORT),
                )
        except AppError as error:
            raise CommandError(error.detail) from error
        except OSError as error:
            raise CommandError(f"不能读取 {path}：{error.strerror}") from error
        for name in warnings:
            self.stdout.write(f"未知的列，已忽略：{name}")
        self._work(job)

    def _work(self, job: CustomerImport) -> None:
        """A worker may take it up as well; both do their part."""
        while job.status in (ImportStatus.QUEUED, ImportStatus.RUNNING):
            import_work(job_pk=job.pk)
            job.refresh_from_db()
            self.stdout.write(f"{job.position} / {job.total} 行")
        if job.status == ImportStatus.FAILED:
            raise CommandError(job.error)
        errors = import_errors(job)
        for row in errors[:MOST_NAMED]:
            label = BY_FIELD[row.field].label if row.field in BY_FIELD else row.field
            self.stdout.write(f"第 {row.line} 行 {label}：{row.detail}")
        self.stdout.write(
            f"{'检查' if job.is_dry_run else '导入'}完成：新增 {job.created_count}，"
            f"更新 {job.updated_count}，未变 {job.unchanged_count}，有错 {job.failed_count}"
            f"（{job.import_id}）"
        )
