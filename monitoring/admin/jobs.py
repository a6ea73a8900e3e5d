"""Scheduled jobs in the operators' admin: how each ran, and starting, holding and resuming it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms.widgets import Media
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from config.admin_site.read_only import ReadOnlyAdmin
from config.api.roles import Role
from config.errors import ConflictError, NotFoundError
from customers.models import User
from monitoring.jobs.actions import REASON_LENGTH, job_pause, job_resume, job_run
from monitoring.jobs.catalogue import all_jobs, job_called, rooms
from monitoring.jobs.models import Job
from monitoring.jobs.queries import STATES, ShownJob, days_of, jobs_rows, jobs_shown, runs_of

LIST, PAGE = "admin:monitoring_job_changelist", "admin:monitoring_job_change"
RUNS_SHOWN = 50
COLOURS = {
    "paused": "warning",
    "late": "danger",
    "failed": "danger",
    "running": "info",
    "skipped": "warning",
    "ok": "success",
    "never": "default",
}


class RoomFilter(admin.SimpleListFilter):
    title = "所属"
    parameter_name = "room"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(room, room) for room in rooms()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        room = self.value()
        if not room:
            return queryset
        return queryset.filter(name__in=[j.name for j in all_jobs().values() if j.room == room])


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="原因", max_length=REASON_LENGTH, widget=UnfoldAdminTextInputWidget
    )


@dataclass(frozen=True)
class Act:
    """A button of a job's page; `question` is asked before anything happens."""

    name: str
    label: str
    question: str
    done: str
    act: Callable[[Job, User, str], object]
    needs_reason: bool = False


ACTS = {
    act.name: act
    for act in (
        Act(
            "run",
            "立即运行",
            "任务将马上在后台运行一次，不影响它的定时。",
            "已安排运行，结果见下方的运行记录",
            lambda job, user, _: job_run(job_pk=job.pk, actor=user),
        ),
        Act(
            "pause",
            "暂停",
            "暂停后到点不再运行，直到有人恢复。",
            "已暂停",
            lambda job, user, reason: job_pause(job_pk=job.pk, reason=reason, actor=user),
            needs_reason=True,
        ),
        Act(
            "resume",
            "恢复",
            "恢复后从下一次定时起继续运行。",
            "已恢复",
            lambda job, user, _: job_resume(job_pk=job.pk, actor=user),
        ),
    )
}


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = [
        "name",
        "shown_schedule",
        "shown_state",
        "shown_last",
        "shown_duration",
        "shown_next",
        "shown_today",
    ]
    list_filter = [RoomFilter, "last_status", "is_paused"]
    search_fields = ["name"]
    list_per_page = 100
    ordering = ["id"]

    @property
    def media(self) -> Media:
        own = Media(css={"all": ["messaging/batches.css", "monitoring/jobs.css"]})
        both: Media = super().media + own
        return both

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return jobs_rows()

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """What follows from schedules and today's runs, asked for all rows at once."""
        page: Any = super().get_changelist_instance(request)
        page.result_list = list(page.result_list)
        for shown in jobs_shown(page.result_list):
            shown.row.shown = shown  # type: ignore[attr-defined]
        return page  # type: ignore[no-any-return]

    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view(self.act_view)
        return [path("<path:object_id>/act/", own, name="monitoring_job_act"), *super().get_urls()]

    @admin.display(description="定时")
    def shown_schedule(self, job: Any) -> str:
        return str(job.shown.spec.words)

    @display(description="状态", label=COLOURS)
    def shown_state(self, job: Any) -> tuple[str, str]:
        return job.shown.state, STATES[job.shown.state]

    @admin.display(description="最近运行", ordering="last_started_at")
    def shown_last(self, job: Any) -> str:
        return _time(job.last_started_at)

    @admin.display(description="耗时", ordering="last_duration_ms")
    def shown_duration(self, job: Any) -> str:
        return duration_words(job.last_duration_ms)

    @admin.display(description="下次运行")
    def shown_next(self, job: Any) -> str:
        return _time(job.shown.next_run_at)

    @admin.display(description="今日")
    def shown_today(self, job: Any) -> str:
        failures = f"，失败 {job.shown.failures_today}" if job.shown.failures_today else ""
        return f"{job.shown.runs_today} 次{failures}"

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        shown = jobs_shown([obj])[0]
        context |= {
            "title": obj.name,
            "job": shown,
            "state": STATES[shown.state],
            "colour": COLOURS[shown.state],
            "figures": _figures(shown),
            "acts": _acts(shown) if may_steer(request) else [],
            "days": days_of(obj),
            "runs": [(run, duration_words(run.duration_ms)) for run in runs_of(obj)[:RUNS_SHOWN]],
            "may_see_traceback": is_admin(request),
        }
        page: HttpResponse = super().render_change_form(
            request, context, add, change, form_url, obj
        )
        return page

    def act_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST alone acts; without `confirmed` it asks first."""
        if not may_steer(request):
            raise PermissionDenied
        try:
            job = job_called(unquote(object_id))
        except NotFoundError:
            raise Http404 from None
        act = ACTS.get(request.POST.get("act", ""))
        if request.method != "POST" or act is None:
            return redirect(PAGE, job.pk)
        form = ReasonForm(request.POST if request.POST.get("confirmed") else None)
        if not request.POST.get("confirmed") or (act.needs_reason and not form.is_valid()):
            return self._asked(request, job, act, form)
        assert isinstance(request.user, User)
        try:
            act.act(job, request.user, form.cleaned_data["reason"] if act.needs_reason else "")
        except ConflictError as error:
            messages.error(request, error.detail)
        else:
            messages.success(request, act.done)
        return redirect(PAGE, job.pk)

    def _asked(self, request: HttpRequest, job: Job, act: Act, form: ReasonForm) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": f"{act.label}：{job.name}",
            "opts": self.opts,
            "media": self.media,
            "job": job,
            "act": act,
            "form": form if act.needs_reason else None,
        }
        return TemplateResponse(request, "admin/monitoring/job/confirm.html", context)


def may_steer(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("monitoring.change_job"))


def is_admin(request: HttpRequest) -> bool:
    """A traceback may quote what it stumbled over."""
    return getattr(request.user, "role", None) == Role.ADMIN


def duration_words(milliseconds: int | None) -> str:
    if milliseconds is None:
        return "—"
    seconds = milliseconds / 1000
    if seconds < 1:
        return f"{milliseconds} 毫秒"
    return f"{seconds:.1f} 秒" if seconds < 120 else f"{seconds / 60:.1f} 分钟"


def _time(at: Any) -> str:
    return f"{timezone.localtime(at):%m-%d %H:%M:%S}" if at else "—"


def _acts(shown: ShownJob) -> list[Act]:
    return [ACTS["run"], ACTS["resume" if shown.row.is_paused else "pause"]]


def _figures(shown: ShownJob) -> list[tuple[str, object]]:
    return [
        ("今日运行", shown.runs_today),
        ("今日失败", shown.failures_today),
        ("今日跳过", shown.skipped_today),
        ("今日平均耗时", duration_words(shown.average_ms)),
    ]
