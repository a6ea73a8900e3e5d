"""Batches in the operators' admin: watched live, held, resumed, stopped, repeated."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms.widgets import Media, Script
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from unfold.decorators import action
from unfold.enums import ActionVariant

from config.admin_site.read_only import ReadOnlyAdmin
from config.errors import ConflictError
from config.whole_number import whole_number
from messaging.actions import batches
from messaging.admin.base import STATUS_COLOURS
from messaging.admin.batch_sending import audience_view, check_view, form_view
from messaging.models import MessageBatch, MessageStatus
from messaging.queries import (
    Failure,
    batch_failures,
    batch_in_trouble,
    batch_progress,
    batches_progress,
)

# The states of `batch_progress`, as operators read them; static/messaging/batches.js has them too.
STATES = {
    "scheduled": "定时",
    "queued": "排队中",
    "sending": "发送中",
    "paused": "已暂停",
    "finished": "已完成",
    "cancelled": "已取消",
}
ENDED = frozenset({"finished", "cancelled"})
FIGURES = {
    "total": "总数",
    "queued": "排队",
    "sending": "发送中",
    "sent": "已发送",
    "delivered": "已送达",
    "failed": "失败",
    "cancelled": "取消",
    "rate_per_second": "每秒",
}
TROUBLE_SHOWN = 10


@dataclass(frozen=True)
class BatchAct:
    """A button of the batch page. `states`: when it makes sense; empty: while something failed."""

    name: str
    label: str
    done: str
    question: str
    act: Callable[..., MessageBatch]
    states: frozenset[str] = frozenset()
    variant: str = "default"

    def is_shown(self, progress: Mapping[str, Any]) -> bool:
        return progress["status"] in self.states if self.states else progress["failed"] > 0


ACTS = {
    act.name: act
    for act in (
        BatchAct(
            "pause",
            "暂停",
            "已暂停",
            "暂停后，等待中的消息不再发送，直到继续。正在发送的一小批会发完。",
            batches.batch_pause,
            frozenset({"scheduled", "queued", "sending"}),
        ),
        BatchAct(
            "resume",
            "继续",
            "已继续发送",
            "等待中的消息将立即继续发送。",
            batches.batch_resume,
            frozenset({"paused"}),
            "primary",
        ),
        BatchAct(
            "retry",
            "重试失败",
            "失败的消息已重新排队",
            "失败的消息将重新排队发送。结果未知的消息不会重发，因为它们可能已经送达。",
            batches.batch_retry_failed,
        ),
        BatchAct(
            "cancel",
            "取消批次",
            "等待中的消息已取消",
            "等待中的消息将全部取消，不能恢复。平台已接收的消息不受影响。",
            batches.batch_cancel,
            frozenset({"scheduled", "queued", "sending", "paused"}),
            "danger",
        ),
    )
}


@admin.register(MessageBatch)
class MessageBatchAdmin(ReadOnlyAdmin):
    list_display = [
        "batch_id",
        "shown_state",
        "shown_bar",
        "shown_counts",
        "template",
        "channel",
        "created_by",
        "created_at",
    ]
    list_filter = ["channel"]
    search_fields = ["=batch_id"]
    search_help_text = "批次号"
    show_full_result_count = False
    list_per_page = 20
    show_add_link = False
    actions_list = ["send_batch"]

    @property
    def media(self) -> Media:
        scripts: Any = [
            Script(f"messaging/{name}.js", type="module") for name in ("batches", "audience")
        ]
        own = Media(css={"all": ["messaging/batches.css"]}, js=scripts)
        both: Media = super().media + own
        return both

    def get_queryset(self, request: HttpRequest) -> QuerySet[MessageBatch]:
        rows = MessageBatch.objects.select_related("created_by", "template")
        return rows.defer("variables", "template__body", "template__options").order_by("-id")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The page's figures, asked for all its rows at once."""
        page = super().get_changelist_instance(request)
        page.result_list = list(page.result_list)
        progress = batches_progress(page.result_list)
        for batch in page.result_list:
            batch.progress = progress[batch.pk]
        return page

    @admin.display(description="状态")
    def shown_state(self, batch: Any) -> SafeString:
        return _part("state", batch.progress)

    @admin.display(description="进度")
    def shown_bar(self, batch: Any) -> SafeString:
        return _part("bar", batch.progress)

    @admin.display(description="数量")
    def shown_counts(self, batch: Any) -> SafeString:
        return _part("counts", batch.progress)

    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view
        return [
            path(
                "<path:object_id>/act/",
                own(self.act_view),
                name="messaging_messagebatch_act",
            ),
            path(
                "add/check/<str:token>/",
                own(partial(check_view, self)),
                name="messaging_messagebatch_check",
            ),
            path(
                "audience/<int:segment_id>/",
                own(partial(audience_view, self)),
                name="messaging_messagebatch_audience",
            ),
            *super().get_urls(),
        ]

    @action(description="批量发送", icon="send", permissions=["add"], variant=ActionVariant.PRIMARY)
    def send_batch(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:messaging_messagebatch_add")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("messaging.add_messagebatch")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return form_view(self, request)

    def has_steer_permission(self, request: HttpRequest) -> bool:
        """Who may hold, resume, stop or repeat; nobody edits a batch itself."""
        return request.user.has_perm("messaging.change_messagebatch")

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        batch: MessageBatch = obj
        progress = batch_progress(batch)
        may_steer = self.has_steer_permission(request)
        context |= {
            "title": f"批次 {batch.batch_id}",
            "batch": batch,
            "zone": settings.TIME_ZONE,
            "progress": shown(progress),
            "figures": [(name, label, progress[name]) for name, label in FIGURES.items()],
            "acts": [(act, act.is_shown(progress)) for act in ACTS.values()] if may_steer else [],
            "version": batch.messages.values_list("template_version", flat=True).first(),
            "failures": [_failure(batch, failure) for failure in batch_failures(batch)],
            "in_trouble": [
                (message, STATUS_COLOURS[MessageStatus(message.status)])
                for message in batch_in_trouble(batch)[:TROUBLE_SHOWN]
            ],
        }
        page: HttpResponse = super().render_change_form(
            request, context, add, change, form_url, obj
        )
        return page

    def act_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST alone acts; without `confirmed` it asks first, for browsers without scripts."""
        batch = get_object_or_404(MessageBatch, pk=_number(unquote(object_id)))
        page = redirect("admin:messaging_messagebatch_change", batch.pk)
        act = ACTS.get(request.POST.get("act", ""))
        if not self.has_steer_permission(request):
            raise PermissionDenied
        if act is None:
            return page
        if not request.POST.get("confirmed"):
            context = {
                **self.admin_site.each_context(request),
                "title": act.label,
                "opts": self.opts,
                "batch": batch,
                "act": act,
            }
            return TemplateResponse(request, "admin/messaging/messagebatch/confirm.html", context)
        try:
            act.act(batch=batch)
        except ConflictError as error:
            messages.error(request, error.detail)
        else:
            self.log_change(request, batch, act.done)
            messages.success(request, act.done)
        return page


def shown(progress: Mapping[str, Any]) -> dict[str, Any]:
    """Progress with what its parts on the page are drawn from."""
    total = progress["total"]
    done = progress["sent"] + progress["delivered"]
    shares = {"done": done, "failed": progress["failed"], "cancelled": progress["cancelled"]}
    return {
        **progress,
        "percent": f"{progress['percent']:g}",
        "finished": total - progress["queued"] - progress["sending"],
        "label": STATES[progress["status"]],
        "is_open": progress["status"] not in ENDED,
        "shares": [(name, f"{100 * count / total:.2f}") for name, count in shares.items()],
    }


def _part(name: str, progress: Mapping[str, Any]) -> SafeString:
    return render_to_string(
        f"admin/messaging/messagebatch/_{name}.html", {"progress": shown(progress)}
    )


def _failure(batch: MessageBatch, failure: Failure) -> dict[str, Any]:
    status = MessageStatus(failure.status)
    query = {
        "batch__id__exact": batch.pk,
        "status__exact": status,
        "error_code__exact": failure.error_code,
    }
    return {
        "failure": failure,
        "label": status.label,
        "colour": STATUS_COLOURS[status],
        "url": f"{reverse('admin:messaging_message_changelist')}?{urlencode(query)}",
    }


def _number(text: str) -> int:
    """A key that cannot be one finds nothing."""
    return whole_number(text) or 0
