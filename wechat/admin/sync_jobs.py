"""What could not be read from, or written to, WeCom, with the reason."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from config.admin_acts import BulkAct, confirmed
from config.admin_site.read_only import ReadOnlyAdmin
from customers.models import Customer
from wechat.models import SyncJob, SyncJobKind
from wechat.sync.jobs import retry_failed

PUSHES = (SyncJobKind.PUSH_TAGS, SyncJobKind.PUSH_REMARK)


@admin.register(SyncJob)
class SyncJobAdmin(ReadOnlyAdmin):
    list_display = [
        "kind",
        "shown_object",
        "shown_state",
        "error_code",
        "error",
        "attempts",
        "due_at",
    ]
    list_filter = ["is_failed", "kind"]
    search_fields = ["=key", "=error_code"]
    list_per_page = 50
    ordering = ["-is_failed", "due_at"]
    actions = [
        confirmed(
            BulkAct(
                name="retry_selected",
                label="重试",
                effect="所选失败的事项立即重新读取或写入企业微信。",
                done="已重新安排",
                unit="项",
                permission="retry",
                run_all=lambda jobs, doing: retry_failed([job.pk for job in jobs]),
                against=lambda job, request: "" if job.is_failed else "没有失败",
                named=lambda job: f"{job.get_kind_display()} {job.key}：{job.error}",
            )
        )
    ]
    fields = [
        "kind",
        "shown_object",
        "shown_state",
        "fields",
        "attempts",
        "error_code",
        "error",
        "due_at",
        "created_at",
    ]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The customers' names, asked for all rows at once."""
        page = super().get_changelist_instance(request)
        page.result_list = list(page.result_list)
        ids = [int(job.key) for job in page.result_list if job.kind in PUSHES]
        names = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "name"))
        for job in page.result_list:
            job.object_name = names.get(int(job.key), "") if job.kind in PUSHES else job.key
        return page

    @admin.display(description="对象", ordering="key")
    def shown_object(self, job: Any) -> str:
        name = getattr(job, "object_name", "")
        return name or (f"客户 {job.key}" if job.kind in PUSHES else job.key)

    @display(
        description="状态",
        ordering="is_failed",
        label={"failed": "danger", "taken": "info", "waiting": "default"},
    )
    def shown_state(self, job: SyncJob) -> tuple[str, str]:
        if job.is_failed:
            return "failed", "失败"
        return ("taken", "处理中") if job.is_taken else ("waiting", "等待")

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("wechat.change_syncjob")
