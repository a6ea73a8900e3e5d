"""`manage.py sync_wecom [kind]`: reads WeCom now, and shows how far it is."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.errors import ConflictError
from wechat.models import ACTIVE, SyncKind, SyncRun, SyncStatus
from wechat.sync.engine import work_run
from wechat.sync.runs import sync_start

LOOK_SECONDS = 1.0
PAGE_SECONDS = 2.0


class Command(BaseCommand):
    help = "从企业微信同步：staff 成员、tags 标签、contacts 客户、groups 客户群、reconcile 全量对账（默认）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", nargs="?", choices=SyncKind.values, default=SyncKind.RECONCILE)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = sync_start(SyncKind(options["kind"]))
        except ConflictError as error:
            raise CommandError(error.detail) from None
        while run.status in ACTIVE:
            is_due = run.due_at is None or run.due_at <= timezone.now()
            # A worker of the running system may be at it already: then this only watches.
            if not is_due or not work_run(run.pk, seconds=PAGE_SECONDS):
                time.sleep(LOOK_SECONDS)
            run.refresh_from_db()
            self.stdout.write(_line(run))
        if run.status != SyncStatus.FINISHED:
            raise CommandError(f"{run.get_status_display()}：{run.error}")


def _line(run: SyncRun) -> str:
    counts = (
        f"已处理 {run.processed}，新增 {run.created_count}，更新 {run.updated_count}，"
        f"无变化 {run.unchanged_count}，失败 {run.failed_count}"
    )
    return f"{run.get_kind_display()} {run.get_status_display()}：{counts} {run.error_code}".strip()
