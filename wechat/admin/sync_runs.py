"""Runs of the sync: begun by a button for each kind, watched live, with what differed."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms.widgets import Media, Script
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.safestring import SafeString

from config.admin_site.read_only import ReadOnlyAdmin
from config.errors import ConflictError
from customers.models import User
from wechat.models import ACTIVE, SyncKind, SyncRun, SyncStatus
from wechat.sync.engine import step_of
from wechat.sync.runs import sync_start, sync_stop

# What each kind of difference means, as the report heads it.
DIFFERENCES = {
    "customer_missing": "企业微信有、本系统没有的客户（已新增）",
    "customer_attached": "与已有客户是同一人（已关联）",
    "customer_differs": "资料不同的客户（已更新）",
    "contact_refused": "未能写入的客户",
    "follower_missing": "漏记的好友关系（已补）",
    "follower_lost": "已解除而未收到通知的好友关系（已更新）",
    "tags_differ": "标签不同的客户（已按企业微信更新）",
    "tags_unwritten": "本系统改过、尚未推送的标签（已安排推送）",
    "tag_missing": "新增的企业标签",
    "tag_differs": "改名或调整的企业标签",
    "tag_gone": "企业微信已删除的标签",
    "staff_missing": "新增账号的成员",
    "staff_left": "已离职的成员（账号已停用）",
    "group_missing": "新增的客户群",
    "group_differs": "群名、公告或群主不同的客户群（已更新）",
    "group_dismissed": "已解散的客户群",
    "members_differ": "成员不同的客户群（已更新）",
}
FIGURES = {
    "processed": "已处理",
    "created_count": "新增",
    "updated_count": "更新",
    "unchanged_count": "无变化",
    "failed_count": "失败",
}


@admin.register(SyncRun)
class SyncRunAdmin(ReadOnlyAdmin):
    list_display = ["shown_kind", "shown_state", "shown_counts", "started_at", "finished_at"]
    list_display_links = ["shown_kind"]
    list_filter = ["kind", "status"]
    list_per_page = 20
    ordering = ["-id"]
    list_before_template = "admin/wechat/syncrun/_start.html"

    @property
    def media(self) -> Media:
        script: Any = Script("wechat/sync.js", type="module")
        own = Media(css={"all": ["messaging/batches.css", "wechat/sync.css"]}, js=[script])
        both: Media = super().media + own
        return both

    @admin.display(description="内容", ordering="kind")
    def shown_kind(self, run: SyncRun) -> str:
        return run.get_kind_display()

    @admin.display(description="状态", ordering="status")
    def shown_state(self, run: SyncRun) -> SafeString:
        return render_to_string("admin/wechat/syncrun/_state.html", {"run": run, **shown(run)})

    @admin.display(description="数量")
    def shown_counts(self, run: SyncRun) -> SafeString:
        return render_to_string("admin/wechat/syncrun/_counts.html", {"run": run})

    def get_queryset(self, request: HttpRequest) -> QuerySet[SyncRun]:
        rows: QuerySet[SyncRun] = super().get_queryset(request)
        return rows.select_related("started_by")

    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view
        return [
            path("start/", own(self.start_view), name="wechat_syncrun_start"),
            path("<int:run_id>/stop/", own(self.stop_view), name="wechat_syncrun_stop"),
            path("<int:run_id>/progress/", own(self.progress_view), name="wechat_syncrun_progress"),
            *super().get_urls(),
        ]

    def has_start_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("wechat.add_syncrun")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {
            **(extra_context or {}),
            "kinds": SyncKind.choices if self.has_start_permission(request) else [],
        }
        page: HttpResponse = super().changelist_view(request, context)
        return page

    def start_view(self, request: HttpRequest) -> HttpResponse:
        """POST alone begins a run."""
        if not self.has_start_permission(request):
            raise PermissionDenied
        kind = request.POST.get("kind", "")
        if request.method != "POST" or kind not in SyncKind.values:
            return redirect("admin:wechat_syncrun_changelist")
        try:
            run = sync_start(SyncKind(kind), by=cast("User", request.user))
        except ConflictError as error:
            messages.warning(request, error.detail)
            return redirect("admin:wechat_syncrun_changelist")
        self.log_addition(request, run, "同步")
        return redirect("admin:wechat_syncrun_change", run.pk)

    def stop_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        if not self.has_start_permission(request):
            raise PermissionDenied
        if request.method == "POST" and sync_stop(run_id):
            messages.success(request, "已停止；已同步的部分保留，再次同步会重新开始")
        return redirect("admin:wechat_syncrun_change", run_id)

    def progress_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """For the page's script, as long as the run is open."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = SyncRun.objects.filter(pk=run_id).first()
        if run is None:
            raise Http404
        figures = {name: getattr(run, name) for name in FIGURES}
        return JsonResponse({**figures, "error": run.error, **shown(run)})

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        run: SyncRun = obj
        context |= {
            "title": f"{run.get_kind_display()}同步",
            "run": run,
            **shown(run),
            "figures": [(name, label, getattr(run, name)) for name, label in FIGURES.items()],
            "differences": [
                (DIFFERENCES.get(kind, kind), entry["count"], entry["samples"])
                for kind, entry in run.report.items()
            ],
            "may_stop": self.has_start_permission(request),
        }
        page: HttpResponse = super().render_change_form(
            request, context, add, change, form_url, obj
        )
        return page


def shown(run: SyncRun) -> dict[str, Any]:
    """A run's state in words; `colour` is one of those that batches have."""
    colours = {
        SyncStatus.RUNNING: "sending",
        SyncStatus.WAITING: "paused",
        SyncStatus.FINISHED: "finished",
        SyncStatus.FAILED: "failed",
    }
    is_open = run.status in ACTIVE
    return {
        "label": run.get_status_display(),
        "colour": colours.get(SyncStatus(run.status), ""),
        "step": step_of(run)[1].name if is_open else "",
        "is_open": is_open,
    }
