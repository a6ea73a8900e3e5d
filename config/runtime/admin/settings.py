"""「运行时配置」: every key in one list; a form for each, with its versions; who uses which."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms.widgets import Media
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin

from config.errors import AppError
from config.redis_link import RedisAway
from config.runtime import queries, schema, store
from config.runtime.admin import shown
from config.runtime.admin.form import SettingForm, initial_of
from config.runtime.admin.whole import WholePages
from config.runtime.api.serializers import REASON
from config.runtime.diff import diff
from config.runtime.models import RuntimeSetting
from config.whole_number import whole_number


@admin.register(RuntimeSetting)
class RuntimeSettingAdmin(WholePages, ModelAdmin):
    """Keys are registered by code: none is added or deleted here."""

    @property
    def media(self) -> Media:
        both: Media = super().media + Media(css={"all": ["config/runtime.css"]})
        return both

    def get_urls(self) -> list[URLPattern]:
        own = (
            ("export", "export/", self.export_page),
            ("import", "import/", self.import_page),
            ("preview", "<str:pk>/preview/", self.preview),
            ("rollback", "<str:pk>/rollback/<str:version>/", self.rollback_page),
            ("reset", "<str:pk>/reset/", self.reset_page),
        )
        named = [
            path(route, self.admin_site.admin_view(view), name=f"config_runtimesetting_{name}")
            for name, route, view in own
        ]
        return [*named, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        self.check_may(request, "view")
        groups = shown.groups()
        context: dict[str, Any] = {
            **self.page(request, "运行时配置"),
            "groups": groups,
            "changed": sum(entry["row"].is_set for _, entries in groups for entry in entries),
            "may_change": self.has_change_permission(request),
        }
        try:
            context["processes"] = shown.processes()
        except RedisAway:
            context["processes_unknown"] = True
        return TemplateResponse(request, "admin/config/runtime_list.html", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """The form and the versions; POST makes a new one."""
        self.check_may(request, "view")
        row = self._row(object_id)
        found = schema.spec(row.key)
        value = queries.value_in_force(row, row.key)
        form = SettingForm(found, initial={**initial_of(found, value), "seen_version": row.version})
        if request.method == "POST":
            self.check_may(request, "change")
            form = SettingForm(found, request.POST)
            if form.is_valid() and self._saved(request, row, form):
                return redirect("admin:config_runtimesetting_change", row.pk)
        context = {
            **self.page(request, row.key),
            "row": row,
            "description": queries.description_of(row),
            "form": form,
            "default": shown.short(found.default),
            "against": shown.lines(diff(found.default, value)),
            "versions": shown.versions(row),
            "compared": self._compared(request, row),
            "may_change": self.has_change_permission(request),
        }
        return TemplateResponse(request, "admin/config/runtime_form.html", context)

    def preview(self, request: HttpRequest, pk: str) -> HttpResponse:
        """What the form as it stands would change, for the script of its page."""
        self.check_may(request, "change")
        row = self._row(pk)
        form = SettingForm(schema.spec(row.key), request.POST)
        if not form.is_valid():
            return JsonResponse({"errors": list(shown.fields_of(form.errors)), "lines": []})
        new = schema.completed(row.key, form.value)
        changes = diff(queries.value_in_force(row, row.key), new)
        return JsonResponse({"errors": [], "lines": shown.lines(changes)})

    def rollback_page(self, request: HttpRequest, pk: str, version: str) -> HttpResponse:
        """GET asks, with what would change; POST does it."""
        self.check_may(request, "change")
        row = self._row(pk)
        number = _number(version)
        revision = row.revisions.filter(version=number).first() if number is not None else None
        if revision is None:
            raise Http404
        return self._asked(
            request,
            row,
            title=f"回滚到版本 {version}",
            new=queries.value_in_force(revision, row.key),
            do=lambda reason, seen: store.rollback(
                key=row.key,
                to=revision.version,
                actor=request.user,
                reason=reason,
                version=seen,
            ),
        )

    def reset_page(self, request: HttpRequest, pk: str) -> HttpResponse:
        self.check_may(request, "change")
        row = self._row(pk)
        return self._asked(
            request,
            row,
            title="恢复默认值",
            new=schema.spec(row.key).default,
            do=lambda reason, seen: store.reset(
                key=row.key, actor=request.user, reason=reason, version=seen
            ),
        )

    def _asked(
        self, request: HttpRequest, row: RuntimeSetting, *, title: str, new: Any, do: Any
    ) -> HttpResponse:
        if request.method == "POST":
            try:
                seen = _number(request.POST.get("seen_version", ""))
                changed = do(request.POST.get("reason", "").replace("\x00", "")[:REASON], seen)
            except AppError as error:
                messages.error(request, error.detail)
            else:
                self.log_change(request, changed, f"{title}，成为版本 {changed.version}")
                messages.success(request, f"{row.key}：{title}，已成为版本 {changed.version}")
            return redirect("admin:config_runtimesetting_change", row.pk)
        context = {
            **self.page(request, f"{row.key}：{title}"),
            "row": row,
            "act": title,
            "lines": shown.lines(diff(queries.value_in_force(row, row.key), new)),
            "back": reverse("admin:config_runtimesetting_change", args=[row.pk]),
        }
        return TemplateResponse(request, "admin/config/runtime_confirm.html", context)

    def _saved(self, request: HttpRequest, row: RuntimeSetting, form: SettingForm) -> bool:
        try:
            changed = store.change(
                key=row.key,
                value=form.value,
                actor=request.user,
                reason=form.cleaned_data["reason"],
                version=form.cleaned_data["seen_version"],
            )
        except AppError as error:
            form.add_error(None, error.detail)
            return False
        self.log_change(request, changed, f"修改为版本 {changed.version}")
        messages.success(request, f"{row.key} 已保存为版本 {changed.version}，2 秒内对所有进程生效")
        return True

    def _compared(self, request: HttpRequest, row: RuntimeSetting) -> dict[str, Any] | None:
        """The two versions that were ticked, if they are there."""
        before, after = (_number(request.GET.get(name, "")) for name in ("from", "to"))
        if before is None or after is None:
            return None
        try:
            changes = queries.differences(row, before=before, after=after)
        except AppError:
            return None
        return {"from": before, "to": after, "lines": shown.lines(changes)}

    def _row(self, pk: str) -> RuntimeSetting:
        number = _number(pk)
        row = queries.entries().filter(pk=number).first() if number is not None else None
        if row is None:
            raise Http404
        return row

    def page(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "media": self.media,
        }

    def check_may(self, request: HttpRequest, verb: str) -> None:
        may = self.has_view_permission if verb == "view" else self.has_change_permission
        if not may(request):
            raise PermissionDenied

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _number(text: str) -> int | None:
    """What may be an id or a version."""
    return whole_number(text, longest=9)
