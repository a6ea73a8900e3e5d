"""Examples in the operators' admin: written, corrected, switched off; as a table in and out."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from unfold.decorators import display

from config.api.downloads import table_response
from config.errors import AppError
from customers.admin.actor import actor_of
from customers.admin.refusals import RefusalsSaid
from tickets.assistant.learning import sheets
from tickets.assistant.learning.examples import example_create, example_delete, example_edit
from tickets.models import ExampleSource, IntentExample

REFUSED_SHOWN = 5
COLOURS = {
    ExampleSource.BUILT_IN: "default",
    ExampleSource.CORRECTION: "warning",
    ExampleSource.MANUAL: "info",
}


class TableForm(forms.Form):
    file = forms.FileField()


@admin.register(IntentExample)
class IntentExampleAdmin(RefusalsSaid):
    list_display = ["text", "intent", "split", "shown_source", "is_active", "created_at"]
    list_filter = ["intent", "split", "source", "is_active"]
    search_fields = ["text"]
    search_help_text = "例句里的字"
    list_per_page = 50
    ordering = ["-id"]
    fields = ["text", "intent", "split", "is_active"]
    # Deleting goes through the action, one by one.
    actions = None
    list_before_template = "admin/tickets/learning/table.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        is_own = obj is not None and obj.source == ExampleSource.BUILT_IN
        return ["text"] if is_own else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = bool(super().has_delete_permission(request, obj))
        return allowed and (obj is None or obj.source != ExampleSource.BUILT_IN)

    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view
        return [
            path("export/", own(self.export_view), name="tickets_intentexample_export"),
            path("import/", own(self.import_view), name="tickets_intentexample_import"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {**(extra_context or {}), "may_import": self.has_add_permission(request)}
        page: HttpResponse = super().changelist_view(request, context)
        return page

    def save_model(self, request: HttpRequest, obj: IntentExample, form: Any, change: bool) -> None:
        given, actor = form.cleaned_data, actor_of(request)
        if change:
            example_edit(example_id=obj.pk, changes=given, actor=actor)
            return
        words = {name: given[name] for name in ("text", "intent", "split")}
        obj.pk = example_create(actor=actor, **words).pk

    def delete_model(self, request: HttpRequest, obj: IntentExample) -> None:
        example_delete(example_id=obj.pk, actor=actor_of(request))

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return table_response("csv", "intent-examples", sheets.HEADER, sheets.examples_exported())

    def import_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = TableForm(request.POST, request.FILES)
        if request.method == "POST" and not form.is_valid():
            messages.error(request, "请选择要导入的文件")
        elif request.method == "POST":
            file = form.cleaned_data["file"]
            try:
                done = sheets.examples_import(file=file, name=file.name, actor=actor_of(request))
            except AppError as error:
                messages.error(request, error.detail)
            else:
                _say(request, done)
        return redirect("admin:tickets_intentexample_changelist")

    @display(description="来源", label=COLOURS)
    def shown_source(self, example: IntentExample) -> tuple[str, str]:
        return example.source, example.get_source_display()


def _say(request: HttpRequest, done: sheets.Imported) -> None:
    messages.success(request, f"新增 {done.created} 条，{done.known} 条已有")
    if done.refused:
        some = "；".join(f"第 {line} 行：{why}" for line, why in done.refused[:REFUSED_SHOWN])
        messages.warning(request, f"{len(done.refused)} 行未导入。{some}")
