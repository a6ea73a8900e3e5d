"""Imports in the operators' admin: a table sent in, watched while it is worked, its errors taken out."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms.widgets import Media, Script
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldBooleanSwitchWidget

from config.api.downloads import table_response
from config.errors import InvalidInputError
from customers.actions.imports import import_accept
from customers.admin.actor import actor_of
from customers.importing.content import MAX_BYTES, MAX_ROWS
from customers.models import CustomerImport, ImportStatus
from customers.phone_visibility import may_see_phones, text_shown
from customers.queries.imports import (
    ERROR_HEADER,
    error_table,
    import_errors,
    import_warnings,
)
from customers.table_columns import BY_FIELD, COLUMNS
from customers.visibility import imports_visible_to

ERRORS_SHOWN = 100
COLOURS = {
    ImportStatus.QUEUED: "default",
    ImportStatus.RUNNING: "info",
    ImportStatus.FINISHED: "success",
    ImportStatus.FAILED: "danger",
}


class ImportForm(forms.Form):
    file = forms.FileField(
        label="客户文件",
        help_text=f"CSV 或 XLSX，不超过 {MAX_BYTES // 1024 // 1024} MB、{MAX_ROWS} 行。第一行为列名："
        + "、".join(column.label for column in COLUMNS)
        + "。须有姓名，以及手机、外部联系人ID、UnionID 之一",
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.txt,.xlsx"}),
    )
    dry_run = forms.BooleanField(
        label="只检查，不写入",
        required=False,
        initial=True,
        help_text="先看会新增、更新多少，哪些行有错",
        widget=UnfoldBooleanSwitchWidget,
    )


@admin.register(CustomerImport)
class CustomerImportAdmin(ModelAdmin):
    list_display = [
        *("import_id", "file_name", "shown_status", "is_dry_run", "total", "created_count"),
        *("updated_count", "failed_count", "created_by", "created_at"),
    ]
    list_filter = ["status", "is_dry_run"]
    list_per_page = 20
    show_add_link = False
    actions_list = ["send_table"]

    @property
    def media(self) -> Media:
        script: Any = Script("customers/imports.js", type="module")
        own = Media(css={"all": ["customers/profile.css", "customers/imports.css"]}, js=[script])
        both: Media = super().media + own
        return both

    def get_queryset(self, request: HttpRequest) -> QuerySet[CustomerImport]:
        jobs = imports_visible_to(actor_of(request)).defer("content")
        return jobs.select_related("created_by").order_by("-id")

    @display(description="状态", label=COLOURS)
    def shown_status(self, job: CustomerImport) -> tuple[str, str]:
        return job.status, job.get_status_display()

    @action(
        description="导入客户", icon="upload", permissions=["add"], variant=ActionVariant.PRIMARY
    )
    def send_table(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:customers_customerimport_add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What has happened cannot be edited."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "<int:job_id>/errors/",
                self.admin_site.admin_view(self.errors_view),
                name="customers_customerimport_errors",
            ),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ImportForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                job, _ = import_accept(
                    file=file,
                    name=file.name,
                    is_dry_run=form.cleaned_data["dry_run"],
                    actor=actor_of(request),
                )
            except InvalidInputError as error:
                form.add_error("file", error.detail)
            else:
                messages.success(request, f"已接收 {job.total} 行")
                return redirect("admin:customers_customerimport_change", job.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": "导入客户",
            "opts": self.opts,
            "media": self.media,
            "form": form,
        }
        return TemplateResponse(request, "admin/customers/customerimport/send.html", context)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        job: CustomerImport = obj
        rows = import_errors(job)
        context |= {
            "title": f"导入 {job.import_id}",
            "job": job,
            "is_open": job.status in (ImportStatus.QUEUED, ImportStatus.RUNNING),
            "figures": [
                ("总行数", job.total),
                ("新增", job.created_count),
                ("更新", job.updated_count),
                ("未变", job.unchanged_count),
                ("有错", job.failed_count),
            ],
            "warnings": import_warnings(job),
            "errors_shown": [
                (row, _label(row.field), text_shown(row.detail, request.user))
                for row in rows[:ERRORS_SHOWN]
            ],
            "may_take_out": may_see_phones(request.user),
            "errors_total": rows.count(),
        }
        page: HttpResponse = super().render_change_form(
            request, context, add, change, form_url, obj
        )
        return page

    def errors_view(self, request: HttpRequest, job_id: int) -> HttpResponseBase:
        """All wrong rows as a table."""
        # The rows are as they were sent, with the phones in them.
        if not self.has_view_permission(request) or not may_see_phones(request.user):
            raise PermissionDenied
        job = get_object_or_404(self.get_queryset(request), pk=min(job_id, 2**63 - 1))
        return table_response("csv", job.import_id, ERROR_HEADER, error_table(job))


def _label(field: str) -> str:
    column = BY_FIELD.get(field)
    return column.label if column else field
